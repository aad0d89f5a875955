import type { CallIntake } from '../../calls/call-intake.ts'
import type { Space } from '../../spaces/space.ts'
import type { AccessTokens } from '../access-tokens.ts'
import type { FileMethods } from '../file-methods.ts'

/** The two classes of the stock client: aliyun has access tokens, dcloud tells of itself in headers. */
export type ClientClass = 'aliyun' | 'dcloud'

/** A request whose space, signature and token are right. */
export interface ClientCall {
  readonly space: Space
  /** JSON as text, as the client sent it. */
  readonly params: string
  readonly requestId: string
  /** From the connection, never from what the client says of itself. */
  readonly clientIp: string
  readonly userAgent: string
  /** The `x-client-token` of the dcloud class. */
  readonly headerToken?: string
  /** Scheme and authority as the client used them. */
  readonly origin: { readonly scheme: string; readonly authority: string }
}

/** What methods work with. */
export interface MethodDeps {
  readonly tokens: AccessTokens
  readonly calls: CallIntake
  /** Undefined: there is no file store. */
  readonly files?: FileMethods | undefined
}

/** Gives the reply's `data` as JSON text. */
export type MethodRun = (call: ClientCall, deps: MethodDeps) => Promise<string>

/** A method of the wire, for the classes that have it. */
export interface ClientMethod {
  /** Whether it is for those who have no token yet. */
  readonly needsNoToken?: true
  readonly aliyun?: MethodRun
  readonly dcloud?: MethodRun
}
