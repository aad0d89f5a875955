import type { Bridge, Upstream } from '@drawbridge/bridge'
import type { DocumentStore } from '../../documents/document-store.ts'
import type { CodeHandles } from '../code-handles.ts'
import type { IdentityConfig } from '../identity-config.ts'
import type { IdentityEvent } from '../identity-event.ts'
import type { Tokens } from '../token/create-tokens.ts'
import type { CodeExchange } from '../weixin/code-exchange.ts'
import type { WeixinAccounts } from '../weixin/weixin-accounts.ts'

/** What the methods of `uni-id-co` work with. */
export interface CoDeps {
  readonly config: IdentityConfig
  readonly documents: DocumentStore
  readonly bridge: Bridge
  readonly upstream: Upstream
  readonly codes: CodeExchange
  readonly accounts: WeixinAccounts
  readonly tokens: Tokens
  readonly handles: CodeHandles
  /** ms since epoch. */
  readonly now: () => number
  readonly randomBytes: (size: number) => Buffer
  readonly onEvent: (event: IdentityEvent) => void
}
