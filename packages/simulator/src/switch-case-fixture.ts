import { APPIDS } from './simulator-under-test-fixture.ts'
import type { Caller } from './simulator-under-test-fixture.ts'

/** What a user sees of a rule, in a form that can be compared. */
export type Look = (caller: Caller) => Promise<unknown>

/** A switch: what is seen in its default position (`default`), and in others. */
export interface SwitchCase {
  readonly look: Look
  readonly seen: readonly (readonly [position: boolean | number | string, seen: unknown])[]
}

/** The mini program's fields for a token. */
export const mp = { grant_type: 'client_credential', appid: APPIDS.mp, secret: '1'.repeat(32) }

/** The official account's fields for a token. */
export const oa = { grant_type: 'client_credential', appid: APPIDS.oa, secret: '2'.repeat(32) }

/** Exchanges a login code; a new one when none is given. */
export const exchange = async (
  { get, simulator }: Caller,
  code?: string,
): Promise<Readonly<Record<string, unknown>>> => {
  const js_code = code ?? simulator.control.codes.login({ appid: mp.appid })
  return (await get('/sns/jscode2session', { ...mp, js_code, grant_type: 'authorization_code' })).body
}
