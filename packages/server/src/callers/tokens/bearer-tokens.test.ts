import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { openSqlite } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import { createBearerTokens } from './bearer-tokens.ts'
import { migrateTokenTables } from './migrate-token-tables.ts'
import type { TokenDatabase } from './token-database.ts'
import { createTokenStore } from './token-store.ts'
import type { TokenStore } from './token-store.ts'

const START = 1_700_000_000_000
const DAY = 86_400_000
const scopes = [{ app: 'wx1', kind: 'access_token', verb: 'read' }] as const

/** Two replicas on one SQLite file, a clock to move, and a count of what the database is asked. */
async function replicas(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-tokens-'))
  const path = join(folder, 'drawbridge.sqlite')
  let time = START
  const now = (): number => time
  const opened = await Promise.all(
    ['a', 'b'].map(async () => {
      const database = openSqlite<TokenDatabase>({ path, durability: 'full' })
      await migrateTokenTables(database)
      const real = createTokenStore(database)
      const store: TokenStore & { asked: number; isDown: boolean } = {
        ...real,
        asked: 0,
        isDown: false,
        async byHash(secretHash) {
          store.asked++
          if (store.isDown) throw new DrawbridgeError('STORE_UNAVAILABLE')
          return real.byHash(secretHash)
        },
      }
      return { database, store, tokens: createBearerTokens({ store, now, random: randomBytes }) }
    }),
  )
  context.after(async () => {
    for (const { tokens, database } of opened) {
      await tokens.close()
      await database.close()
    }
    rmSync(folder, { recursive: true, force: true })
  })
  const [here, there] = opened
  assert.ok(here && there)
  const make = () => here.tokens.create({ name: 'billing', scopes, expiresAt: START + DAY, createdBy: 'cli' })
  const move = async (ms: number): Promise<void> => {
    time += ms
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { folder, here, there, make, move, now }
}

test('a token is found by every replica, with its scopes, and the database holds only its hash', async (context) => {
  const { folder, here, there, make } = await replicas(context)
  const { token, record } = await make()
  assert.match(token, /^dbt_[\w-]{43}$/)
  for (const { tokens } of [here, there]) {
    const caller = await tokens.find(token)
    assert.deepEqual(caller, { id: `token:${record.id}`, scheme: 'bearer', scopes, covers: 'request' })
  }
  for (const file of readdirSync(folder)) {
    assert.equal(readFileSync(join(folder, file)).includes(token.slice(4)), false, file)
  }
  assert.equal(JSON.stringify(await here.tokens.list()).includes(token.slice(4)), false)
})

test('a token that is known is found without a promise and without the database', async (context) => {
  const { here, make } = await replicas(context)
  const { token } = await make()
  await here.tokens.find(token)
  const { asked } = here.store
  for (let i = 0; i < 100; i++) assert.equal(here.tokens.find(token) instanceof Promise, false)
  assert.equal(here.store.asked, asked)
})

test('a hundred requests with a token that nobody knows yet are one question to the database', async (context) => {
  const { there, make } = await replicas(context)
  const { token } = await make()
  await Promise.all(Array.from({ length: 100 }, async () => there.tokens.find(token)))
  assert.equal(there.store.asked, 1)
})

test('a revoked token ends at once here and within 5 seconds elsewhere', async (context) => {
  const { here, there, make, move } = await replicas(context)
  const { token, record } = await make()
  await here.tokens.find(token)
  await there.tokens.find(token)
  assert.equal(await here.tokens.revoke(record.id), true)
  assert.equal(await here.tokens.find(token), undefined)
  await move(5_000)
  assert.equal(await there.tokens.find(token), undefined)
  assert.equal(await here.tokens.revoke(record.id), false)
  assert.equal((await there.tokens.list())[0]?.revokedAt, START)
})

test('a token in steady use is confirmed beside the requests, which never wait', async (context) => {
  const { here, there, make, move } = await replicas(context)
  const { token, record } = await make()
  await there.tokens.find(token)
  for (let i = 0; i < 20; i++) {
    await move(1_000)
    assert.equal(there.tokens.find(token) instanceof Promise, false, `after ${i + 1} s`)
    await move(0)
  }
  await here.tokens.revoke(record.id)
  let good = 0
  for (let i = 0; i < 10; i++) {
    await move(1_000)
    if (await there.tokens.find(token)) good++
    await move(0)
  }
  assert.ok(good < 5, `good for ${good} s after it was revoked`)
})

test('a token revoked while it is being looked up is not let in afterwards', async (context) => {
  const { here, make } = await replicas(context)
  const { token, record } = await make()
  const slow = Promise.withResolvers<undefined>()
  const { byHash } = here.store
  here.store.byHash = async (secretHash) => {
    const found = await byHash(secretHash)
    await slow.promise
    return found
  }
  const looking = here.tokens.find(token)
  await new Promise((resolve) => setImmediate(resolve))
  await here.tokens.revoke(record.id)
  slow.resolve(undefined)
  assert.equal(await looking, undefined)
  assert.equal(await here.tokens.find(token), undefined)
})

test('a token ends with its day, also in the memory of those who know it', async (context) => {
  const { here, make, move } = await replicas(context)
  const { token } = await make()
  await move(DAY - 1)
  assert.ok(await here.tokens.find(token))
  await move(1)
  assert.equal(await here.tokens.find(token), undefined)
})

test('while the database is gone a known token stays good for ten minutes, an unknown one is an outage and not a refusal', async (context) => {
  const { here, there, make, move } = await replicas(context)
  const { token } = await make()
  await here.tokens.find(token)
  here.store.isDown = true
  there.store.isDown = true
  for (let minutes = 1; minutes < 10; minutes++) {
    await move(60_000)
    assert.ok(await here.tokens.find(token), `${minutes} minutes`)
  }
  await move(60_000)
  await assert.rejects(async () => here.tokens.find(token), { code: 'STORE_UNAVAILABLE' })
  await assert.rejects(async () => there.tokens.find(token), { code: 'STORE_UNAVAILABLE' })
  here.store.isDown = false
  assert.ok(await here.tokens.find(token))
})

test('an unknown token is asked for once in 5 seconds, and a new one is known at once where it was made', async (context) => {
  const { here, make, move } = await replicas(context)
  const unknown = `dbt_${'A'.repeat(43)}`
  for (let i = 0; i < 5; i++) assert.equal(await here.tokens.find(unknown), undefined)
  assert.equal(here.store.asked, 1)
  await move(5_000)
  await here.tokens.find(unknown)
  assert.equal(here.store.asked, 2)
  assert.ok(await here.tokens.find((await make()).token))
})

test('what has not the shape of a token costs no question', async (context) => {
  const { here } = await replicas(context)
  for (const text of [
    '',
    'dbt_',
    'x'.repeat(47),
    `dbt_${'A'.repeat(44)}`,
    `dbt_${'+'.repeat(43)}`,
    'x'.repeat(10_000),
  ]) {
    assert.equal(here.tokens.find(text), undefined)
  }
  assert.equal(here.store.asked, 0)
})

test('last use is written down, to the minute and when the server stops', async (context) => {
  const { here, there, make, move, now } = await replicas(context)
  const { token } = await make()
  await here.tokens.find(token)
  await move(10_000)
  await here.tokens.find(token)
  const usedAt = now()
  await here.tokens.close()
  assert.equal((await there.tokens.list())[0]?.lastUsedAt, usedAt)
})

test('a token without a scope, or that has ended before it began, is not made', async (context) => {
  const { here } = await replicas(context)
  const base = { name: 'x', createdBy: 'cli' }
  await assert.rejects(here.tokens.create({ ...base, scopes: [], expiresAt: START + DAY }), { code: 'REQUEST_INVALID' })
  for (const expiresAt of [START, START - 1, Number.NaN, Infinity]) {
    await assert.rejects(here.tokens.create({ ...base, scopes, expiresAt }), { code: 'REQUEST_INVALID' })
  }
})
