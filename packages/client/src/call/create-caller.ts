import { matchRule } from '@drawbridge/protocol'
import type { RuleSet } from '@drawbridge/protocol'
import { clientError } from '../client-codes.ts'
import type { MakeSecureCall } from '../secure/create-secure-calls.ts'
import type { ClientCall, MakeCall } from './client-call.ts'

/** What decides how a call goes out. */
export interface CallerDeps {
  readonly plain: MakeCall
  /** Absent: this platform has no keys. */
  readonly secure: MakeSecureCall | undefined
  /** The space's rules as the app was built with them. */
  readonly rules: RuleSet
  readonly appId: string
  readonly platform: string
  readonly osName: () => string
}

/**
 * Encrypted calls go sealed, calls that the rules guard go sealed with nothing encrypted, and the others plain. Throws
 * 20101 for a guarded call that the rules do not list this client for, 20000 where there are no keys.
 */
export function createCaller({ plain, secure, rules, appId, platform, osName }: CallerDeps): MakeCall {
  return async (call) => {
    const secretType = call.secretType ?? 'none'
    if (isHandshake(call)) return plain(call)
    if (secretType === 'none' && !isGuarded(call.name)) return plain(call)
    if (!secure) throw clientError('CLIENT_SYSTEM_ERROR')
    return secure(Object.assign({}, call, { secretType }))
  }

  function isGuarded(name: string): boolean {
    const { outcome } = matchRule(rules, name, { appId, uniPlatform: platform, osName: osName() }, 'list')
    if (outcome === 'refused') throw clientError('CLIENT_NOT_LISTED')
    return outcome === 'admitted'
  }
}

/** The exchange that there is no key before; it goes plain whatever the rules say. */
function isHandshake({ target }: ClientCall): boolean {
  return target === 'o:uni-id-co/secureNetworkHandshakeByWeixin'
}
