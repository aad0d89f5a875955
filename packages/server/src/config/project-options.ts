import type { App, PlatformId } from '@drawbridge/bridge'
import type { S2sSwitches } from './read-s2s.ts'

/** How to read the folder. */
export interface ProjectOptions {
  /** Put before the names of files in mistakes; for example the folder as the operator wrote it. */
  readonly folder?: string
  /** Refuses what would be a warning elsewhere, such as a short connectCode. */
  readonly production?: boolean
  /** What `drawbridge.config.json` adds to the project's s2s configuration. */
  readonly s2sSwitches?: S2sSwitches
  /** A switch per app that overrules the platform's default. */
  readonly tokenEndpointOf?: (platform: PlatformId, appid: string) => App['tokenEndpoint'] | undefined
}
