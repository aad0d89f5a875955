import type { RuleSet, SuiteNumber } from '@drawbridge/protocol'
import type { CallSource } from '@drawbridge/runtime'

/** A DCloud app as it may come: on a platform, with what binds it to a release and to development builds. */
export interface AssociatedApp {
  readonly appId: string
  readonly platform: string
  /** WeChat appids for mp-weixin; package and certificate, bundle id for apps. */
  readonly release: readonly string[]
  readonly development: readonly string[]
}

/** Where calls come from that can prove nothing: not from a client, or from the stock client's file methods. */
export type UnprovenSource = Exclude<CallSource, 'client'> | 'files'

/** What holds for a space at a moment. Fails closed: an unreadable policy is the last good one, or refuses all. */
export interface Policy {
  /** Rises with every change. */
  readonly revision: number
  /** `monitor`: what would be refused is counted, shown, and passes. */
  readonly mode: 'off' | 'monitor' | 'enforce'
  /** Every function, or those that the rules name. */
  readonly guards: 'all' | 'rules'
  /** From the console or a file, with the policies that stand beside the functions. */
  readonly rules: RuleSet
  readonly apps: readonly AssociatedApp[]
  /** What calls that prove nothing by their nature may do where a rule guards: a setting for each, and no client's way around. */
  readonly sources: Readonly<Record<Exclude<UnprovenSource, 'files'>, 'allow' | 'refuse'>> & {
    /** refuse. */
    readonly files?: 'allow' | 'refuse'
  }
  readonly legacyWire: boolean
  /** Whether the stock client may name its openid itself; never for guarded functions. */
  readonly allowsLegacyOpenid: boolean
  /** The suites of USN1 that a platform may use, by its name in rules; left out: 1 and 2. */
  readonly suites?: Readonly<Record<string, readonly SuiteNumber[]>>
  /** The gateway's route that the call is for: the rules know it by this name, and may it be called plain, ever? */
  readonly route?: { readonly name: string; readonly plain: 'refuse' | 'allow' }
}

/** The policies of all spaces; a change anywhere in the fleet is here within five seconds. */
export interface PolicySource {
  /** Throws where there is none to go by; every call is refused then. */
  current(spaceId: string): Policy
}
