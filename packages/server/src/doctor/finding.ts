import type { Sentence } from '../cli/language.ts'

/** One thing that the doctor looked at, and how it is. */
export interface Finding extends Sentence {
  readonly check: 'configuration' | 'store' | 'platform' | 'clock' | 'whitelist' | 'credentials' | 'settings'
  /** `info`: no fault, and worth knowing. `skipped`: not looked at; the sentence says why. */
  readonly state: 'ok' | 'info' | 'warning' | 'error' | 'skipped'
  /** What exactly: a file and path, a tier, an app, a host. */
  readonly subject: string
  readonly remedyEn?: string
  readonly remedyZh?: string
  /** The platform's code, where it gave one. */
  readonly errcode?: number
}
