import type { CallSource } from '@drawbridge/runtime'
import type { ErrorCode } from '@drawbridge/protocol'
import type { ReloadFault } from './function-host.ts'

/** Why a worker process ended. `own`: by itself, a crash or process.exit. */
export type WorkerEndReason =
  'own' | 'timed-out' | 'memory' | 'stuck' | 'frames' | 'leftover' | 'not-ready' | 'replaced' | 'idle' | 'closing'

/** What the function host tells of its work, for metrics and the server's log. */
export type HostEvent =
  | {
      readonly type: 'call-ended'
      readonly spaceId: string
      readonly name: string
      readonly source: CallSource
      readonly depth: number
      readonly code: 'OK' | ErrorCode
      /** From the moment when a worker had it; 0 when none ever had. */
      readonly durationMs: number
      /** Before that. */
      readonly waitedMs: number
    }
  | { readonly type: 'worker-started'; readonly spaceId: string; readonly pid: number; readonly tookMs: number }
  | {
      readonly type: 'worker-ended'
      readonly spaceId: string
      readonly pid: number | undefined
      readonly why: WorkerEndReason
      readonly exitCode: number | null
      readonly signal: string | null
      readonly cause?: unknown
    }
  | {
      readonly type: 'folder-read'
      readonly spaceId: string
      readonly functions: number
      readonly faults: readonly ReloadFault[]
      /** Worth knowing, not wrong. */
      readonly notes: readonly ReloadFault[]
    }
  /** A service failed with an error that is no DrawbridgeError; the function was told `SYSTEM_ERROR`. */
  | {
      readonly type: 'ask-failed'
      readonly spaceId: string
      readonly name: string
      readonly service: string
      readonly method: string
      readonly cause: unknown
    }
