import type { App, Bridge, Upstream } from '@drawbridge/bridge'
import type { DocumentStore } from '../documents/document-store.ts'
import type { NativeObject } from '../functions/native-object.ts'
import type { WorkerService } from '../functions/ask-context.ts'
import { createCodeHandles } from './code-handles.ts'
import type { CodeHandles } from './code-handles.ts'
import { createTokenRules } from './identity-config.ts'
import type { IdentityConfig } from './identity-config.ts'
import type { IdentityEvent } from './identity-event.ts'
import { createTokens } from './token/create-tokens.ts'
import type { Tokens, TokensDeps } from './token/create-tokens.ts'
import { createUniIdCo } from './uni-id-co.ts'
import { createUniIdService } from './create-uni-id.ts'
import { createCodeExchange } from './weixin/code-exchange.ts'
import { createJsapiConfig } from './weixin/jsapi-signature.ts'
import type { JsapiConfig } from './weixin/jsapi-signature.ts'
import { createWeixinAccounts } from './weixin/weixin-accounts.ts'

/** Everything that has to do with who somebody is. */
export interface Identity {
  /** The cloud object for clients. */
  readonly uniIdCo: NativeObject
  /** For `uni-id-common` in functions. */
  readonly uniId: WorkerService
  readonly tokens: Tokens
  /** For the secure network: whose a login code was. */
  readonly codeHandles: CodeHandles
  /** `wx.config` of the JS-SDK for a page of an official account. */
  readonly jsapiConfig: (app: App, url: string) => Promise<JsapiConfig>
}

/** What login is made of. */
export interface IdentityDeps {
  readonly config: IdentityConfig
  readonly documents: DocumentStore
  readonly bridge: Bridge
  readonly upstream: Upstream
  /** ms since epoch. */
  readonly now: () => number
  readonly randomBytes: (size: number) => Buffer
  readonly onEvent: (event: IdentityEvent) => void
  readonly customClaims?: TokensDeps['customClaims']
}

/** Puts login together. */
export function createIdentity(deps: IdentityDeps): Identity {
  const { config, documents, bridge, upstream, now, randomBytes, customClaims } = deps
  const codes = createCodeExchange({ ...config, now })
  const tokens = createTokens({
    documents,
    rules: createTokenRules(config),
    now,
    randomBytes,
    ...(customClaims !== undefined && { customClaims }),
  })
  const codeHandles = createCodeHandles({ documents, now })
  const accounts = createWeixinAccounts({ bridge, upstream, codes, now })
  return {
    uniIdCo: createUniIdCo({ ...deps, codes, accounts, tokens, handles: codeHandles }),
    uniId: createUniIdService(tokens),
    tokens,
    codeHandles,
    jsapiConfig: createJsapiConfig({ bridge, now, randomBytes }),
  }
}
