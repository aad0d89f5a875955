import { Refusal } from '../errors/refusal.ts'
import { text } from '../http/call.ts'
import type { Call } from '../http/call.ts'
import type { Platform } from '../platform.ts'
import { isWhitelisted, ipRefusalText } from './is-whitelisted.ts'
import type { App, AppType } from '../state/apps.ts'

/** Which app calls, by appid and secret. Throws 41002, 41004, 40013, 50007, 40243, 40125. */
export function authenticateApp(
  fields: Readonly<Record<string, unknown>>,
  platform: Platform,
  types: readonly AppType[],
): App {
  const appid = text(fields, 'appid')
  const secret = text(fields, 'secret')
  if (appid === undefined) throw new Refusal(41002)
  if (secret === undefined) throw new Refusal(41004)
  const app = platform.apps.find(appid)
  if (app === undefined || !types.includes(app.type)) throw new Refusal(40013)
  if (app.frozen) throw new Refusal(50007)
  if (app.secretFrozen) throw new Refusal(40243)
  if (app.secret !== secret) throw new Refusal(platform.switches.get('wrongSecretErrcode', app), 'invalid appsecret')
  return app
}

/** Like `authenticateApp`, for the token endpoints: also 40002, 50004, and the refusals of the caller's address. */
export function authenticateTokenCall(
  fields: Readonly<Record<string, unknown>>,
  { call, platform }: { readonly call: Call; readonly platform: Platform },
  types: readonly AppType[],
): App {
  if (text(fields, 'grant_type') !== 'client_credential') throw new Refusal(40002)
  const app = authenticateApp(fields, platform, types)
  if (app.tokenApiForbidden) throw new Refusal(50004)
  checkAddress(app, call.address, platform)
  return app
}

/** Throws 40164 for an address that is not listed, 89503, 89506 or 89507 for one that the administrator has not let in. */
export function checkAddress(app: App, address: string, platform: Platform): void {
  if (!isWhitelisted(app, address, platform.switches)) throw new Refusal(40164, ipRefusalText(address))
  const risk = app.riskIps[address]
  const now = platform.clock.now()
  if (risk === undefined || risk.state === 'ok') return
  if (risk.state === 'pending' && (risk.until === undefined || now < risk.until)) throw new Refusal(89503)
  if (risk.state === 'refused' && now < risk.until) throw new Refusal(risk.errcode)
}
