import { join } from 'node:path'
import { defaultTokenLifetime } from '../identity/identity-config.ts'
import type { IdentityApp, IdentityConfig } from '../identity/identity-config.ts'
import type { IdentityInFile } from './identity-schema.ts'
import { keepMasterKeyFile } from './master-key.ts'
import type { Report } from './mistake.ts'
import type { Place } from './place.ts'
import { at, placeWithoutText } from './place.ts'
import { readUniIdTokens, sound } from './read-uni-id-tokens.ts'
import type { UniIdTokens } from './read-uni-id-tokens.ts'
import type { SecretSources } from './resolve-secret.ts'
import { resolveSecret } from './resolve-secret.ts'
import { anyDcloudAppid } from './server-config.ts'

/** What login is read from. */
export interface IdentitySources {
  /** `identity` of the file. */
  readonly says: IdentityInFile
  readonly place: Place
  /** The project's `uni-id/config.json`; undefined: it has none. */
  readonly uniId: Place | undefined
  readonly dataDir: string
  readonly secrets: SecretSources
  readonly report: Report
}

const SECRET_MIN_CHARS = 16
const REFUSED_CODES_PER_MINUTE = 60
const WEIXIN_CALLS_PER_MINUTE = 3_000
/** In the data folder, in development. */
const secretFileName = 'token.secret'

/** What DCloud's pages and templates show; the whole world knows them. */
const knownSecrets: ReadonlySet<string> = new Set(['tokenSecret-demo', 'passwordSecret-demo'])

/**
 * How users log in: the file's `identity` over the project's `uni-id/config.json`. Without any secret development keeps
 * a random one in the data folder, and production has no login, which is reported.
 */
export function readIdentity(sources: IdentitySources): IdentityConfig {
  const { says, place, uniId, report } = sources
  const own = says.tokenSecret && secretAt(sources, says.tokenSecret, at(place, 'tokenSecret'))
  const previous = (says.previousTokenSecrets ?? []).flatMap((secret, index) => {
    const text = secretAt(sources, secret, at(place, 'previousTokenSecrets', index))
    return text === undefined ? [] : [text]
  })
  const projects = uniId === undefined ? [] : readUniIdTokens(uniId, report)
  const entries = projects.length > 0 ? projects : [unsaid(place)]
  // Once for all entries that say none; a secret that was named and not found is told already.
  let made: string | undefined
  const otherwise = (): string | undefined => (says.tokenSecret ? undefined : (made ??= developmentSecret(sources)))
  const apps = entries.flatMap((entry) => {
    const secret = own || (entry.tokenSecret && weighed(sources, entry.tokenSecret, entry.secretPlace)) || otherwise()
    return secret === undefined ? [] : [toApp(entry, [secret, ...previous], sources)]
  })
  if (apps.length === 0 && !says.tokenSecret && sources.secrets.production) report('TOKEN_SECRET_MISSING', place)
  return {
    apps,
    refusedCodesPerMinute: says.refusedCodesPerMinute ?? REFUSED_CODES_PER_MINUTE,
    weixinCallsPerMinute: says.weixinCallsPerMinute ?? WEIXIN_CALLS_PER_MINUTE,
  }
}

function toApp(
  { tokenSecret: _secret, secretPlace: _place, ...entry }: UniIdTokens,
  tokenSecrets: readonly string[],
  { says, place, report }: IdentitySources,
): IdentityApp {
  const { tokenExpiresIn: expiresIn, tokenExpiresThreshold: threshold, maxTokenLength } = says
  const isSaid = expiresIn !== undefined || threshold !== undefined
  const lifetime = {
    expiresIn: expiresIn ?? entry.lifetime.expiresIn,
    threshold: threshold ?? entry.lifetime.threshold,
  }
  return {
    ...entry,
    tokenSecrets,
    lifetime: isSaid ? sound(lifetime, place, report) : entry.lifetime,
    maxTokens: maxTokenLength ?? entry.maxTokens,
  }
}

function unsaid(place: Place): UniIdTokens {
  return {
    dcloudAppid: anyDcloudAppid,
    isDefault: false,
    tokenSecret: undefined,
    secretPlace: place,
    lifetime: defaultTokenLifetime,
    platformLifetimes: {},
    maxTokens: 10,
    forceInviteCode: false,
    autoSetInviteCode: false,
  }
}

function secretAt(
  sources: IdentitySources,
  secret: NonNullable<IdentityInFile['tokenSecret']>,
  place: Place,
): string | undefined {
  const text = resolveSecret(secret, place, sources.secrets, sources.report)
  return text && weighed(sources, text, place)
}

function weighed({ secrets, report }: IdentitySources, secret: string, place: Place): string {
  const isKnown = knownSecrets.has(secret)
  if (isKnown || secret.length < SECRET_MIN_CHARS) {
    report('TOKEN_SECRET_WEAK', place, {}, isKnown && secrets.production ? 'error' : 'warning')
  }
  return secret
}

function developmentSecret({ secrets, dataDir, report }: IdentitySources): string | undefined {
  if (secrets.production) return undefined
  const path = join(dataDir, secretFileName)
  try {
    return keepMasterKeyFile(path).trim()
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    report('FILE_UNREADABLE', placeWithoutText(path), { reason })
    return undefined
  }
}
