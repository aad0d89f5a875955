import { STABLE_TOKEN_HINT, errcodeTexts } from '../errors/errcodes.ts'
import { Refusal } from '../errors/refusal.ts'
import type { Platform } from '../platform.ts'
import type { App } from '../state/apps.ts'

/** Whose access_token is this? Throws, in this order: 41001, 40014, 42001 or 40001. */
export function checkAccessToken(value: string | undefined, platform: Platform): App {
  const { switches, tokens, clock } = platform
  if (value === undefined || value === '') throw new Refusal(41001)
  if (value.length < switches.get('malformedTokenMinLength') || !/^[\w-]+$/.test(value)) throw new Refusal(40014)
  const token = tokens.find(value)
  const now = clock.now()
  const app = token === undefined ? undefined : platform.apps.find(token.appid)
  if (token === undefined || app === undefined) throw invalidCredential(platform)
  if (now < token.diesAt) return app
  if (now < token.expiresAt) throw invalidCredential(platform)
  const superseded = token.diesAt < token.expiresAt
  if (superseded && switches.get('supersededExpiredErrcode', app) === 40001) throw invalidCredential(platform)
  throw new Refusal(42001)
}

/** 40001 as API calls answer it: with the newer tail when the switch says so. */
export function invalidCredential({ switches }: Platform): Refusal {
  const tail = switches.get('newerCredentialText') ? STABLE_TOKEN_HINT : ''
  return new Refusal(40001, `${errcodeTexts[40001] ?? ''}${tail}`)
}
