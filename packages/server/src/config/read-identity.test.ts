import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createTokenRules, identityAppFor } from '../identity/identity-config.ts'
import type { IdentityConfig } from '../identity/identity-config.ts'
import type { IdentityInFile } from './identity-schema.ts'
import { createReport } from './mistake.ts'
import { placeWithoutText } from './place.ts'
import { readIdentity } from './read-identity.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'drawbridge-identity-config-'))
after(() => rmSync(dataDir, { recursive: true, force: true }))

const SECRET = 'a-secret-of-the-project'

function read(
  uniId: unknown,
  says: IdentityInFile = {},
  { production = false, env = {} }: { production?: boolean; env?: Readonly<Record<string, string>> } = {},
): IdentityConfig & { readonly codes: readonly string[] } {
  const { report, mistakes } = createReport()
  const config = readIdentity({
    says,
    place: placeWithoutText('drawbridge.config.json', ['identity'], says),
    uniId: uniId === undefined ? undefined : placeWithoutText('uni-id/config.json', [], uniId),
    dataDir,
    secrets: { env, folder: dataDir, production, readFile: () => undefined },
    report,
  })
  return { ...config, codes: mistakes.map(({ code, severity }) => `${severity} ${code}`) }
}

test('uni-id/config.json gives secret and lifetimes, a platform’s own over the general ones', () => {
  const config = read({
    dcloudAppid: '__UNI__A',
    tokenSecret: SECRET,
    tokenExpiresIn: 7200,
    tokenExpiresThreshold: 600,
    maxTokenLength: 3,
    'mp-weixin': { tokenExpiresIn: 259_200, tokenExpiresThreshold: 86_400 },
    h5: { tokenExpiresIn: 1000 },
    web: { tokenExpiresThreshold: 300 },
    'app-plus': { tokenExpiresIn: 2_592_000, tokenExpiresThreshold: 864_000 },
  })
  assert.deepEqual(config.codes, [])
  const rules = createTokenRules(config)
  assert.deepEqual(rules('__UNI__OTHER', 'mp-weixin').lifetime, { expiresIn: 259_200, threshold: 86_400 })
  assert.deepEqual(rules('', 'web').lifetime, { expiresIn: 1000, threshold: 300 })
  assert.deepEqual(rules('', 'app').lifetime, { expiresIn: 2_592_000, threshold: 864_000 })
  assert.deepEqual(rules('', 'mp-qq').lifetime, { expiresIn: 7200, threshold: 600 })
  assert.deepEqual(rules('', 'constructor').lifetime, { expiresIn: 7200, threshold: 600 })
  assert.equal(rules('', '').maxTokens, 3)
})

test('of a list each entry serves its own app, and the default one the others', () => {
  const config = read([
    { dcloudAppid: '__UNI__A', tokenSecret: SECRET },
    { dcloudAppid: '__UNI__B', tokenSecret: `${SECRET}-b`, isDefaultConfig: true },
  ])
  const secretOf = (appId: string): string | undefined => identityAppFor(config, appId).tokenSecrets[0]
  assert.deepEqual(['__UNI__A', '__UNI__B', '__UNI__C', ''].map(secretOf), [
    SECRET,
    `${SECRET}-b`,
    `${SECRET}-b`,
    `${SECRET}-b`,
  ])
})

test('the file’s secret replaces the project’s, and those of before follow it', () => {
  const says = { tokenSecret: { env: 'NEW' }, previousTokenSecrets: [SECRET], tokenExpiresIn: 60, maxTokenLength: 2 }
  const { apps, codes } = read({ tokenSecret: SECRET }, says, { env: { NEW: 'the-new-token-secret' } })
  assert.deepEqual(apps[0]?.tokenSecrets, ['the-new-token-secret', SECRET])
  assert.deepEqual(apps[0].lifetime, { expiresIn: 60, threshold: 20 })
  assert.equal(apps[0].maxTokens, 2)
  assert.deepEqual(codes, ['warning TOKEN_LIFETIMES_WRONG'])
})

test('development makes up a secret and keeps it; production has no login and says so', () => {
  const first = read(undefined)
  assert.deepEqual(first.codes, [])
  assert.equal(first.apps[0]?.tokenSecrets[0]?.length, 44)
  assert.deepEqual(read({ tokenExpiresIn: 60 }).apps[0]?.tokenSecrets, first.apps[0].tokenSecrets)
  assert.equal(statSync(join(dataDir, 'token.secret')).mode & 0o777, 0o600)

  const production = read(undefined, {}, { production: true })
  assert.deepEqual(production.codes, ['warning TOKEN_SECRET_MISSING'])
  assert.throws(() => identityAppFor(production, '__UNI__A'), { code: 'LOGIN_OFF' })
})

test('a secret that is named and not there does not turn into another one', () => {
  const { apps, codes } = read({}, { tokenSecret: { env: 'ABSENT' } })
  assert.deepEqual([apps, codes], [[], ['error SECRET_ENV_MISSING']])
})

test('a secret that can be guessed is warned of; the one of the documentation stops production', () => {
  assert.deepEqual(read({ tokenSecret: 'short' }, {}, { production: true }).codes, ['warning TOKEN_SECRET_WEAK'])
  assert.deepEqual(read({ tokenSecret: 'tokenSecret-demo' }).codes, ['warning TOKEN_SECRET_WEAK'])
  const production = read({ tokenSecret: 'tokenSecret-demo' }, {}, { production: true })
  assert.deepEqual(production.codes, ['error TOKEN_SECRET_WEAK'])
})

test('a number that is none is told and passed over', () => {
  const { apps, codes } = read({ tokenSecret: SECRET, tokenExpiresIn: '7200', 'mp-weixin': { tokenExpiresIn: -1 } })
  assert.deepEqual(codes, ['warning VALUE_WRONG', 'warning VALUE_WRONG'])
  assert.deepEqual(apps[0]?.lifetime, { expiresIn: 7200, threshold: 1200 })
})

test('a secret that is a number is told to be put in quotes, and is no secret', () => {
  const { apps, codes } = read({ tokenSecret: 1234567890123456 }, {}, { production: true })
  assert.deepEqual([apps, codes], [[], ['warning QUOTES_MISSING', 'warning TOKEN_SECRET_MISSING']])
})
