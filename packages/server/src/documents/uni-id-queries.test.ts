import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { openSqlite } from '@drawbridge/bridge'
import { createDatabase } from '@drawbridge/runtime'
import type { Database, Json } from '@drawbridge/runtime'
import type { AskContext } from '../functions/ask-context.ts'
import { createDatabaseService } from './create-database.ts'
import { createDocumentStore } from './create-document-store.ts'
import { migrateDocumentTables } from './document-tables.ts'
import type { DocumentTables } from './document-tables.ts'

const ask: AskContext = {
  space: {
    spaceId: 's',
    clientSecret: 'secret',
    origins: [],
    provider: 'aliyun',
    workers: { max: 1, memoryMb: 128, timeoutSeconds: 10, queueMax: 10 },
    environment: {},
  },
  name: 'uni-id-co',
  facts: { source: 'client', requestId: 'r', secretType: 'none', clientInfo: {}, clientIp: '127.0.0.1', userAgent: '' },
  depth: 0,
}

/** The database as functions have it, on a real store. */
async function open(context: TestContext): Promise<Database> {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-uni-id-'))
  const database = openSqlite<DocumentTables>({ path: join(folder, 'a.sqlite'), durability: 'normal' })
  await migrateDocumentTables(database)
  const store = createDocumentStore({ database, now: () => 1_700_000_000_000, random: randomBytes })
  context.after(async () => {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  })
  const answer = createDatabaseService(store)
  return createDatabase(async (method, params) => {
    const reply = await answer(ask, method, JSON.parse(JSON.stringify(params)) as Json)
    return JSON.parse(JSON.stringify(reply)) as unknown
  })
}

const user = {
  wx_openid: { mp: 'openid-1', mp___UNI__A: 'openid-1' },
  wx_unionid: 'unionid-1',
  dcloud_appid: ['__UNI__A'],
  token: ['t1', 't2'],
  identities: [{ provider: 'externalDirectConnect', uid: 'x1', userInfo: { nickname: 'n' } }],
}

test('the user of an openid is found for the apps that may, and for those that none is named', async (context) => {
  const db = await open(context)
  const _ = db.command
  const users = db.collection('uni-id-users')
  const added = await users.add([user, { wx_openid: { mp: 'openid-2' } }])
  assert.ok('ids' in added)
  const find = async (account: object, appid: string): Promise<unknown> => {
    const apps = _.or({ dcloud_appid: appid }, { dcloud_appid: _.exists(false) })
    const { data } = await users.where(_.and(_.or([account, { wx_unionid: 'none' }]), apps)).get()
    return Array.isArray(data) ? data.map(({ _id }) => _id) : undefined
  }
  assert.deepEqual(await find({ 'wx_openid.mp': 'openid-1' }, '__UNI__A'), [added.ids[0]])
  assert.deepEqual(await find({ 'wx_openid.mp': 'openid-1' }, '__UNI__B'), [])
  assert.deepEqual(await find({ 'wx_openid.mp': 'openid-2' }, '__UNI__B'), [added.ids[1]])
  const none = await users.where(_.and({ wx_unionid: 'unionid-1' }, { dcloud_appid: [] })).get()
  assert.deepEqual(none.data, [])
  const several = await users.where({ dcloud_appid: _.in(['__UNI__B', '__UNI__A']) }).get()
  assert.equal(several.affectedDocs, 1)
})

test('tokens are pulled, logins are merged in, and what is beside them stays', async (context) => {
  const db = await open(context)
  const users = db.collection('uni-id-users')
  const added = await users.add(user)
  assert.ok('id' in added)
  const one = users.doc(added.id)
  await one.update({ token: db.command.pull('t1') })
  await one.update({
    last_login_date: 5,
    wx_openid: { mp___UNI__B: 'openid-1' },
    third_party: { mp_weixin: { session_key: 'k' } },
  })
  assert.deepEqual((await one.get()).data, [
    {
      ...user,
      _id: added.id,
      wx_openid: { ...user.wx_openid, mp___UNI__B: 'openid-1' },
      token: ['t2'],
      last_login_date: 5,
      third_party: { mp_weixin: { session_key: 'k' } },
    },
  ])
  await one.update({
    wx_openid: db.command.remove(),
    wx_unionid: db.command.remove(),
    dcloud_appid: db.command.push('__UNI__B'),
  })
  const { data } = await users
    .where({ _id: added.id, wx_openid: db.command.exists(false) })
    .field({ dcloud_appid: true })
    .get()
  assert.deepEqual(data, [{ _id: added.id, dcloud_appid: ['__UNI__A', '__UNI__B'] }])
})

test('an account of another system is found by part of an element, and unbinding asks for what is there', async (context) => {
  const db = await open(context)
  const users = db.collection('uni-id-users')
  await users.add({ ...user, _id: 'u1' })
  const identity = { identities: { provider: 'externalDirectConnect', uid: 'x1' } }
  assert.equal((await users.where(identity).update({ nickname: 'new', role: undefined })).updated, 1)
  const bound = db.command.or([{ 'wx_openid.mp': db.command.exists(true) }, { wx_unionid: db.command.exists(true) }])
  assert.equal((await users.where(db.command.and({ _id: 'u1' }, bound)).count()).total, 1)
})

test('a verification code is found while it lives, and used once', async (context) => {
  const db = await open(context)
  const codes = db.collection('opendb-verify-codes')
  await codes.add({ mobile: '1', email: undefined, scene: 'login', code: '123', state: 0, expired_date: 100 })
  const query = (now: number): ReturnType<typeof codes.where> =>
    codes.where({ mobile: '1', scene: 'login', code: '123', state: 0, expired_date: db.command.gt(now) }).limit(1)
  assert.equal((await query(100).get()).affectedDocs, 0)
  const found = (await query(99).get()).data
  assert.ok(Array.isArray(found) && typeof found[0]?.['_id'] === 'string')
  await codes.doc(found[0]['_id']).update({ state: 1 })
  assert.equal((await query(99).get()).affectedDocs, 0)
})

test('a credential is kept, replaced and removed under its key', async (context) => {
  const db = await open(context)
  const data = db.collection('opendb-open-data')
  const key = 'uni-id:weixin-mp:wx1:openid-1:session-key'
  assert.deepEqual(await data.doc(key).set({ value: '{"session_key":"a"}', expired: 1 }), {
    updated: 0,
    upsertedId: key,
    affectedDocs: 1,
  })
  assert.equal((await data.doc(key).set({ value: '{"session_key":"b"}', expired: -1 })).updated, 1)
  assert.deepEqual((await data.doc(key).get()).data, [{ _id: key, value: '{"session_key":"b"}', expired: -1 }])
  assert.deepEqual(await data.doc(key).remove(), { deleted: 1, affectedDocs: 1 })
  assert.deepEqual((await data.doc(key).get()).data, [])
})

test('Dates are Dates again, compare, and can be the server’s', async (context) => {
  const db = await open(context)
  const events = db.collection('events')
  await events.add({ _id: 'a', at: new Date(1_000), seen: db.serverDate({ offset: -1 }) })
  const { data } = await events
    .where({ at: db.command.gt(new Date(999)), seen: db.command.lt(new Date(1_700_000_000_000)) })
    .get()
  assert.deepEqual(data, [{ _id: 'a', at: new Date(1_000), seen: new Date(1_699_999_999_999) }])
})

test('a claim of a name that is taken rejects with its code', async (context) => {
  const db = await open(context)
  const claim = (): Promise<unknown> => db.collection('claims').add({ _id: 'openid-1' })
  await claim()
  await assert.rejects(claim, { code: 'DOCUMENT_EXISTS' })
})
