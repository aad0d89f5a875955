import { DrawbridgeError } from '@drawbridge/protocol'
import type { App, CredentialKind } from '@drawbridge/bridge'
import type { Scope } from '../config/server-config.ts'
import type { Caller } from './caller.ts'

/** What a request asks to do, in the words of a scope. */
export type Verb = Exclude<Scope['verb'], '*'>

const verbs: readonly string[] = ['read', 'write', 'refresh', 'list', 'admin', '*'] satisfies readonly Scope['verb'][]
const kinds: readonly string[] = [
  'access_token',
  'user_access_token',
  'session_key',
  'encrypt_key',
  'ticket',
  '*',
] satisfies readonly (CredentialKind | '*')[]

/** Every right but administration; what a shared code or an address is worth. */
export const everyCredential: readonly Scope[] = (['read', 'write', 'refresh', 'list'] as const).map((verb) => ({
  app: '*',
  kind: '*',
  verb,
}))

/** A scope as text, `app:kind:verb`, for example `wx0123456789abcdef:access_token:read` or `*:*:*`. */
export function formatScope(scope: Scope): string {
  return `${scope.app}:${scope.kind}:${scope.verb}`
}

/**
 * A scope from its text. Throws `REQUEST_INVALID` with `field: 'scope'` when a part is missing or unknown.
 * @example parseScope('wx0123456789abcdef:*:read')
 */
export function parseScope(text: string): Scope {
  const [app, kind, verb, ...rest] = text.split(':')
  if (!app || !/^[\w*-]{1,64}$/.test(app)) throw badScope('app')
  if (!kind || !kinds.includes(kind)) throw badScope('kind')
  if (!isVerb(verb) || rest.length > 0) throw badScope('verb')
  return { app, kind, verb }
}

/** Whether the scopes allow it for this app. `kind` `*` asks for the right over every kind. */
export function allows(
  scopes: readonly Scope[],
  app: Pick<App, 'appid' | 'dcloudAppid'>,
  kind: string,
  verb: Verb,
): boolean {
  for (const scope of scopes) {
    if (scope.verb !== '*' && scope.verb !== verb) continue
    if (scope.kind !== '*' && scope.kind !== kind) continue
    if (scope.app === '*' || scope.app === app.appid || scope.app === app.dcloudAppid) return true
  }
  return false
}

/** Throws `CALLER_FORBIDDEN` naming the scope that would be needed. */
export function demand(caller: Caller, app: Pick<App, 'appid' | 'dcloudAppid'>, kind: string, verb: Verb): void {
  if (allows(caller.scopes, app, kind, verb)) return
  throw new DrawbridgeError('CALLER_FORBIDDEN', {
    caller: caller.id,
    scope: formatScope({ app: app.appid, kind, verb }),
  })
}

/** Throws `CALLER_FORBIDDEN` unless some scope of the caller's has the verb, for whatever app and kind. */
export function demandSome(caller: Caller, verb: Verb): void {
  if (caller.scopes.some((scope) => scope.verb === '*' || scope.verb === verb)) return
  throw new DrawbridgeError('CALLER_FORBIDDEN', { caller: caller.id, scope: `*:*:${verb}` })
}

function isVerb(text: string | undefined): text is Scope['verb'] {
  return text !== undefined && verbs.includes(text)
}

function badScope(part: string): DrawbridgeError {
  return new DrawbridgeError('REQUEST_INVALID', {
    field: 'scope',
    reason: `the part "${part}" of app:kind:verb is missing or unknown`,
  })
}
