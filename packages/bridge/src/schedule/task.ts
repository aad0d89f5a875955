import type { App } from '../credential.ts'

/** One row of the schedule: keep this app's credential fresh. */
export interface ScheduledTask {
  readonly app: App
  readonly task: 'accessToken' | 'ticket'
}
