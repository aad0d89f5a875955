import type { SuiteNumber } from '@drawbridge/protocol'
import type { SecretType } from '@drawbridge/runtime'

/** What an opened call has proved of its sender. Nothing in it is the sender's bare word. */
export interface ClientProof {
  /** The DCloud app (`__UNI__…`). */
  readonly appId: string
  /** `mp-weixin`, `android`, `ios`, `harmony`, `web`. */
  readonly platform: string
  /** By the binding that matched: a WeChat appid, a certificate, a bundle. */
  readonly version: 'production' | 'development'
  readonly deviceId: string
  /** A mini program's user. */
  readonly wxAppid?: string
  readonly openid?: string
  /** Evidence of the device: 0 none, 1 a vendor's, 2 hardware, 3 the best there is. */
  readonly level: 0 | 1 | 2 | 3
  /** What was encrypted, as authenticated. */
  readonly secretType: SecretType
  /** The suite of the envelope; left out on the other wires. */
  readonly suite?: SuiteNumber
  /** Whether the device's key signed this very call. */
  readonly fresh: boolean
  readonly how: 'envelope' | 'legacy-content' | 'legacy-signature'
}
