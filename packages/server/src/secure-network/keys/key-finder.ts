import type { KeySchedule, RequestHeader } from '@drawbridge/protocol'
import type { ClientProof } from '../client-proof.ts'
import type { Policy } from '../policy-source.ts'
import type { Refused } from '../refusal.ts'
import type { Space } from '../../spaces/space.ts'

/** What is known of a request before it is opened: nothing of it is authentic. */
export interface KeyRequest {
  readonly header: RequestHeader
  readonly space: Space
  readonly policy: Policy
  /** The sender's address. */
  readonly address: string
}

/** The key of a request, and what opening with it proves of the sender. */
export interface FoundKey {
  readonly schedule: KeySchedule
  readonly sender: Pick<ClientProof, 'platform' | 'version' | 'level' | 'wxAppid' | 'openid'>
}

/** Finds keys of one kind. Nothing that a stranger sends may cost a call to a platform. */
export interface KeyFinder {
  find(request: KeyRequest): FoundKey | Refused | Promise<FoundKey | Refused>
}
