import { defaultTokenLifetime } from '../identity/identity-config.ts'
import type { IdentityApp, TokenLifetime } from '../identity/identity-config.ts'
import type { Report } from './mistake.ts'
import type { Place } from './place.ts'
import { at, elements, isObject, members, textAt } from './place.ts'
import { anyDcloudAppid } from './server-config.ts'

/** What `uni-id/config.json` says of the tokens of one DCloud app; its secret is still to be weighed. */
export interface UniIdTokens extends Omit<IdentityApp, 'tokenSecrets'> {
  readonly tokenSecret: string | undefined
  readonly secretPlace: Place
}

const MAX_TOKENS = 10

/** uni-id's older names of a platform count, and its newer ones count more. */
const platformNames: ReadonlyMap<string, string> = new Map([
  ['h5', 'web'],
  ['app-plus', 'app'],
])

/**
 * The token rules of `uni-id/config.json`. The object form serves every DCloud app, as in the reference; of the array
 * form each entry serves its own, and the one with `isDefaultConfig` the others.
 */
export function readUniIdTokens(root: Place, report: Report): readonly UniIdTokens[] {
  if (isObject(root.value)) return [readEntry(root, anyDcloudAppid, report)]
  return elements(root).flatMap((entry) => {
    const dcloudAppid = textAt(at(entry, 'dcloudAppid'))
    return dcloudAppid === undefined ? [] : [readEntry(entry, dcloudAppid, report)]
  })
}

function readEntry(entry: Place, dcloudAppid: string, report: Report): UniIdTokens {
  const lifetime = { ...defaultTokenLifetime, ...readLifetime(entry, report) }
  const secretPlace = at(entry, 'tokenSecret')
  if (typeof secretPlace.value === 'number') report('QUOTES_MISSING', secretPlace, {}, 'warning')
  return {
    dcloudAppid,
    isDefault: at(entry, 'isDefaultConfig').value === true,
    tokenSecret: typeof secretPlace.value === 'string' && secretPlace.value !== '' ? secretPlace.value : undefined,
    secretPlace,
    lifetime: sound(lifetime, entry, report),
    platformLifetimes: readPlatforms(entry, lifetime, report),
    maxTokens: readCount(at(entry, 'maxTokenLength'), report) ?? MAX_TOKENS,
    forceInviteCode: at(entry, 'forceInviteCode').value === true,
    autoSetInviteCode: at(entry, 'autoSetInviteCode').value === true,
  }
}

function readPlatforms(
  entry: Place,
  lifetime: TokenLifetime,
  report: Report,
): Readonly<Record<string, Partial<TokenLifetime>>> {
  const found = new Map<string, Partial<TokenLifetime>>()
  const sections = members(entry).toSorted(([a], [b]) => Number(platformNames.has(b)) - Number(platformNames.has(a)))
  for (const [name, place] of sections) {
    const own = readLifetime(place, report)
    if (Object.keys(own).length === 0) continue
    const platform = platformNames.get(name) ?? name
    found.set(platform, sound({ ...lifetime, ...found.get(platform), ...own }, place, report))
  }
  return Object.fromEntries(found)
}

function readLifetime(place: Place, report: Report): Partial<TokenLifetime> {
  const expiresIn = readCount(at(place, 'tokenExpiresIn'), report)
  const threshold = readCount(at(place, 'tokenExpiresThreshold'), report)
  return { ...(expiresIn !== undefined && { expiresIn }), ...(threshold !== undefined && { threshold }) }
}

/** Whole numbers from 1 on; anything else is told and passed over. */
function readCount(place: Place, report: Report): number | undefined {
  if (place.value === undefined) return undefined
  if (typeof place.value === 'number' && Number.isSafeInteger(place.value) && place.value >= 1) return place.value
  report('VALUE_WRONG', place, { expected: 'integer ≥ 1' }, 'warning')
  return undefined
}

/** A lifetime whose threshold is below its end. */
export function sound(lifetime: TokenLifetime, place: Place, report: Report): TokenLifetime {
  if (lifetime.threshold < lifetime.expiresIn) return lifetime
  report('TOKEN_LIFETIMES_WRONG', place)
  return { ...lifetime, threshold: Math.floor(lifetime.expiresIn / 3) }
}
