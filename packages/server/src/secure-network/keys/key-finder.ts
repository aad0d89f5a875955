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
  /** To be called when a message that opened with the key has been taken, and before it runs. */
  readonly onTaken?: () => Promise<void>
}

/** Finds keys of one kind. Nothing that a stranger sends may cost a call to a platform. */
export interface KeyFinder {
  /** The platform of all that have such a key; left out: each key tells its own. */
  readonly platform?: string
  find(request: KeyRequest): FoundKey | Refused | Promise<FoundKey | Refused>
}
