import { matchRule, secretTypes } from '@drawbridge/protocol'
import type { RuleSet, SecretType } from '@drawbridge/protocol'
import { clientError, parameterError } from '../client-codes.ts'
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
 * A call goes as the app says. Where it says nothing: sealed as the rules ask that guard the function, plain where none
 * do. Throws 10002 for a secretType that there is not, 20101 for a guarded call that the rules do not list this client
 * for, 20000 where there are no keys.
 */
export function createCaller({ plain, secure, rules, appId, platform, osName }: CallerDeps): MakeCall {
  return async (call) => {
    if (isHandshake(call)) return plain(call)
    const { secretType: said } = call
    if (said !== undefined && secretTypes.indexOf(said) < 0) throw parameterError('secretType')
    const ruled = said === undefined || said === 'none' ? ruledType(call.name) : undefined
    const secretType = said ?? ruled
    if (secretType === undefined || (secretType === 'none' && ruled === undefined)) return plain(call)
    if (!secure) throw clientError('CLIENT_SYSTEM_ERROR')
    return secure(Object.assign({}, call, { secretType }))
  }

  /** What all rules for this client ask for together: it cannot know which of them the server finds met. */
  function ruledType(name: string): SecretType | undefined {
    const caller = { appId, uniPlatform: platform, osName: osName() }
    const verdict = matchRule(rules, name, caller, 'list')
    if (verdict.outcome === 'unguarded') return undefined
    if (verdict.outcome === 'refused') throw clientError('CLIENT_NOT_LISTED')
    let mode = 0
    for (const rule of verdict.matched.list)
      if (matchRule({ [name]: [rule] }, name, caller, 'list').outcome === 'admitted')
        mode |= secretTypes.indexOf(rule.secretType ?? 'none')
    return secretTypes[mode]
  }
}

/** The exchange that there is no key before; it goes plain whatever the rules say. */
function isHandshake({ target }: ClientCall): boolean {
  return target === 'o:uni-id-co/secureNetworkHandshakeByWeixin'
}
