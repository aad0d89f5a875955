import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { openSqlite } from '@drawbridge/bridge'
import type { Json } from '@drawbridge/runtime'
import type { AskContext } from '../functions/ask-context.ts'
import { createDatabaseService } from './create-database.ts'
import { createDocumentStore } from './create-document-store.ts'
import { migrateDocumentTables } from './document-tables.ts'
import type { DocumentTables } from './document-tables.ts'

type Ask = (method: string, params: Json, spaceId?: string) => Promise<Json | undefined>

async function open(context: TestContext): Promise<Ask> {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-database-'))
  const database = openSqlite<DocumentTables>({ path: join(folder, 'a.sqlite'), durability: 'normal' })
  await migrateDocumentTables(database)
  const store = createDocumentStore({ database, now: () => 1_000, random: randomBytes })
  context.after(async () => {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  })
  const answer = createDatabaseService(store)
  return (method, params, spaceId = 's') => answer(askOf(spaceId), method, params)
}

function askOf(spaceId: string): AskContext {
  return {
    space: {
      spaceId,
      clientSecret: 'secret',
      origins: [],
      provider: 'aliyun',
      workers: { max: 1, memoryMb: 128, timeoutSeconds: 10, queueMax: 10 },
      environment: {},
    },
    name: 'function',
    facts: {
      source: 'client',
      requestId: 'r',
      secretType: 'none',
      clientInfo: {},
      clientIp: '127.0.0.1',
      userAgent: '',
    },
    depth: 0,
  }
}

test('each method does what its name says', async (context) => {
  const ask = await open(context)
  assert.deepEqual(
    await ask('insert', {
      collection: 'c',
      documents: [
        { _id: 'a', n: 1 },
        { _id: 'b', n: 2 },
      ],
    }),
    ['a', 'b'],
  )
  assert.deepEqual(
    await ask('find', {
      collection: 'c',
      where: { n: { $gt: 0 } },
      orderBy: [{ field: 'n', direction: 'desc' }],
      skip: 0,
      limit: 1,
      field: { n: true },
    }),
    [{ _id: 'b', n: 2 }],
  )
  assert.equal(await ask('count', { collection: 'c' }), 2)
  assert.equal(await ask('update', { collection: 'c', where: { _id: 'a' }, change: { $inc: { n: 5 } } }), 1)
  assert.equal(await ask('replace', { collection: 'c', id: 'z', document: { n: 9 } }), false)
  assert.equal(await ask('remove', { collection: 'c', where: { n: 9 }, limit: 5 }), 1)
  assert.deepEqual(await ask('updateAndReturn', { collection: 'c', where: { n: 6 }, change: { $set: { n: 7 } } }), {
    updated: 1,
    doc: { _id: 'a', n: 7 },
  })
  assert.deepEqual(await ask('updateAndReturn', { collection: 'c', where: { n: 6 }, change: { $set: { n: 7 } } }), {
    updated: 0,
    doc: null,
  })
})

test('of many who take a job at once each is given another', async (context) => {
  const ask = await open(context)
  await ask('insert', { collection: 'jobs', documents: [{ state: 0 }, { state: 0 }, { state: 0 }] })
  const take = { collection: 'jobs', where: { state: 0 }, change: { $set: { state: 1 } } }
  const taken = await Promise.all(Array.from({ length: 3 }, () => ask('updateAndReturn', take)))
  assert.equal(new Set(taken.map((each) => JSON.stringify(each))).size, 3)
})

test('a space is the asking one, whatever the parameters say', async (context) => {
  const ask = await open(context)
  await ask('insert', { collection: 'c', documents: [{ _id: 'a' }] }, 'other')
  assert.equal(await ask('count', { collection: 'c' }), 0)
  for (const params of [
    { collection: 'c', spaceId: 'other' },
    { collection: 'c', space: 'other' },
  ])
    await assert.rejects(ask('find', params), { code: 'DOCUMENT_QUERY_INVALID' })
})

const misshapen: readonly (readonly [method: string, params: Json])[] = [
  ['find', null],
  ['find', []],
  ['find', {}],
  ['find', { collection: 1 }],
  ['find', { collection: 'c', where: [] }],
  ['find', { collection: 'c', where: 'x' }],
  ['find', { collection: 'c', limit: '1' }],
  ['find', { collection: 'c', limit: 1001 }],
  ['find', { collection: 'c', orderBy: [{ field: 'a', direction: 'up' }] }],
  ['find', { collection: 'c', field: { a: 1 } }],
  ['insert', { collection: 'c', documents: [1] }],
  ['insert', { collection: 'c', documents: Array.from({ length: 1001 }, () => ({})) }],
  ['update', { collection: 'c' }],
  ['replace', { collection: 'c', id: '', document: {} }],
]
for (const [method, params] of misshapen) {
  test(`parameters of another shape are refused: ${method} ${JSON.stringify(params).slice(0, 60)}`, async (context) => {
    await assert.rejects((await open(context))(method, params), { code: 'DOCUMENT_QUERY_INVALID' })
  })
}

for (const method of ['drop', '__proto__', 'constructor', 'toString', '']) {
  test(`there is no method ${method || '(empty)'}`, async (context) => {
    await assert.rejects((await open(context))(method, {}), { code: 'METHOD_UNKNOWN' })
  })
}
