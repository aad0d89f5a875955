export type {
  Apps,
  Bridge,
  BridgeEvent,
  CredentialSummary,
  Fallback,
  RefreshNote,
  RefreshOutcome,
  RefreshReason,
} from './bridge.ts'
export type {
  App,
  Credential,
  CredentialKey,
  CredentialKind,
  CredentialSource,
  CredentialValue,
  PlatformId,
} from './credential.ts'
export type { ScheduledTask } from './schedule/task.ts'
