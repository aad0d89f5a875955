import { findRule, isListed, secretTypes } from '@drawbridge/protocol'
import type { RuleSet, SecretType } from '@drawbridge/protocol'
import { CLIENT_NOT_LISTED, CLIENT_SYSTEM_ERROR, clientError, parameterError } from '../client-error.ts'
import type { MakeSecureCall } from '../secure/create-secure-calls.ts'
import type { ClientCall, MakeCall } from './client-call.ts'

/** Makes calls, and says how it would make one. */
export interface Caller {
  readonly call: MakeCall
  /** What a call encrypts, and proves both sides by; `undefined` when it goes plain. Throws as `call` does. */
  secretTypeOf(call: Pick<ClientCall, 'name' | 'secretType'>): SecretType | undefined
}

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
 * Makes calls. A call goes as the app says. Where it says nothing: sealed as the rules ask that guard the function, plain where none
 * do. Throws 10002 for a secretType that there is not, 20101 for a guarded call that the rules do not list this client
 * for, 20000 where there are no keys.
 */
export function createCaller({ plain, secure, rules, appId, platform, osName }: CallerDeps): Caller {
  return {
    async call(call) {
      const secretType = isHandshake(call) ? undefined : secretTypeOf(call)
      if (secretType === undefined) return plain(call)
      if (!secure) throw clientError(CLIENT_SYSTEM_ERROR)
      return secure(Object.assign({}, call, { secretType }))
    },
    secretTypeOf,
  }

  function secretTypeOf({ name, secretType }: Pick<ClientCall, 'name' | 'secretType'>): SecretType | undefined {
    if (secretType !== undefined && secretTypes.indexOf(secretType) < 0) throw parameterError('secretType')
    if (secretType !== undefined && secretType !== 'none') return secretType
    const ruled = ruledType(name)
    return ruled && (secretType ?? ruled)
  }

  /** What all rules for this client ask for together: it cannot know which of them the server finds met. */
  function ruledType(name: string): SecretType | undefined {
    const matched = findRule(rules, name)
    if (!matched) return undefined
    const caller = { appId, uniPlatform: platform, osName: osName() }
    const listed = matched.list.filter((rule) => isListed(rule, caller))
    if (listed.length === 0) throw clientError(CLIENT_NOT_LISTED)
    const mode = listed.reduce((all, { secretType = 'none' }) => all | secretTypes.indexOf(secretType), 0)
    return secretTypes[mode]
  }
}

/** The exchange that there is no key before; it goes plain whatever the rules say. */
function isHandshake({ target }: ClientCall): boolean {
  return target === 'o:uni-id-co/secureNetworkHandshakeByWeixin'
}
