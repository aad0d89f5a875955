import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../../wire/worker-frame.ts'
import { createDatabase } from './create-database.ts'
import type { Database } from './create-database.ts'

/** A database that notes what it is asked, and gives `answer`. */
function noting(answer: unknown = []): { readonly db: Database; readonly asked: [string, JsonObject][] } {
  const asked: [string, JsonObject][] = []
  const db = createDatabase((method, params) => {
    // As it comes out on the other side of a pipe.
    asked.push([method, JSON.parse(JSON.stringify(params)) as JsonObject])
    return Promise.resolve(answer)
  })
  return { db, asked }
}

const { db: any } = noting()
const _ = any.command

type Make = () => unknown
const wheres: readonly (readonly [condition: Make, where: JsonObject])[] = [
  [() => ({ a: 1, b: undefined, c: { d: undefined, e: 2 } }), { a: 1, 'c.e': 2 }],
  [() => ({ a: { b: { c: 'x' } }, d: [] }), { 'a.b.c': 'x', d: [] }],
  [() => ({ 'a.b': null, at: new Date(5) }), { 'a.b': null, at: { $date: 5 } }],
  [() => ({ a: {} }), { a: { $eq: {} } }],
  [() => ({ a: _.eq({ b: 1 }) }), { a: { $eq: { b: 1 } } }],
  [() => ({ type: { memory: _.gt(8) } }), { 'type.memory': { $gt: 8 } }],
  [
    () => ({ a: _.neq(1), b: _.in([1, 2]), c: _.exists(false), d: _.exists() }),
    { a: { $ne: 1 }, b: { $in: [1, 2] }, c: { $exists: false }, d: { $exists: true } },
  ],
  [
    () => ({ a: _.mod(10, 3), b: _.mod([10, 3]), c: _.size(2), d: _.nin([1]) }),
    { a: { $mod: [10, 3] }, b: { $mod: [10, 3] }, c: { $size: 2 }, d: { $nin: [1] } },
  ],
  [() => ({ a: _.gt(4).and(_.lt(32)) }), { $and: [{ a: { $gt: 4 } }, { a: { $lt: 32 } }] }],
  [() => ({ a: _.gt(4).lt(32) }), { $and: [{ a: { $gt: 4 } }, { a: { $lt: 32 } }] }],
  [() => ({ a: _.or(_.lt(1), _.gt(9)) }), { $or: [{ a: { $lt: 1 } }, { a: { $gt: 9 } }] }],
  [() => ({ a: _.or(['x', 'y']), b: 1 }), { $or: [{ a: 'x' }, { a: 'y' }], b: 1 }],
  [
    () => ({ a: _.lt(1).or(_.gt(6).and(_.lt(8))) }),
    { $or: [{ a: { $lt: 1 } }, { $and: [{ a: { $gt: 6 } }, { a: { $lt: 8 } }] }] },
  ],
  [
    () => ({ a: _.not(_.eq(1)), b: _.exists().nor([_.lt(2)]) }),
    { $and: [{ $nor: [{ a: { $eq: 1 } }] }, { b: { $exists: true } }, { $nor: [{ b: { $lt: 2 } }] }] },
  ],
  [() => _.or([{ a: 1 }, { b: { c: 2 } }]), { $or: [{ a: 1 }, { 'b.c': 2 }] }],
  [() => _.or({ a: 1 }, { b: _.exists(false) }), { $or: [{ a: 1 }, { b: { $exists: false } }] }],
  [() => _.and({ a: 1 }, _.or({ b: 1 }, { c: 1 })), { a: 1, $or: [{ b: 1 }, { c: 1 }] }],
  [
    () => _.and(_.or([{ a: 1 }, { b: 1 }]), _.or({ c: 1 }, { c: _.exists(false) })),
    { $and: [{ $or: [{ a: 1 }, { b: 1 }] }, { $or: [{ c: 1 }, { c: { $exists: false } }] }] },
  ],
  [() => _.nor([{ a: 1 }]).and({ a: _.exists(true) }), { $nor: [{ a: 1 }], a: { $exists: true } }],
  [() => ({ a: _.elemMatch({ b: _.gt(1), c: { d: 2 } }) }), { a: { $elemMatch: { b: { $gt: 1 }, 'c.d': 2 } } }],
  [() => ({ a: _.elemMatch(_.gt(80).lt(100)) }), { a: { $elemMatch: { $gt: 80, $lt: 100 } } }],
  [() => ({ a: _.all(['x', _.elemMatch({ b: 1 })]) }), { a: { $all: ['x', { $elemMatch: { b: 1 } }] } }],
  [
    () => ({ a: /^abc/i, b: new any.RegExp({ regexp: 'x', options: 'i' }) }),
    { a: { $regex: '^abc', $options: 'i' }, b: { $regex: 'x', $options: 'i' } },
  ],
  [
    () => ({ a: { $gt: 1, $lt: new Date(9) }, $or: [{ b: 1 }, { c: { d: 1 } }] }),
    { a: { $gt: 1, $lt: { $date: 9 } }, $or: [{ b: 1 }, { 'c.d': 1 }] },
  ],
]

for (const [condition, where] of wheres) {
  test(`conditions reach the server as ${JSON.stringify(where)}`, async () => {
    const { db, asked } = noting()
    await db.collection('c').where(condition()).get()
    assert.deepEqual(asked, [['find', { collection: 'c', where }]])
  })
}

const changes: readonly (readonly [data: Make, change: JsonObject])[] = [
  [
    () => ({ a: 1, b: undefined, c: [1], d: new Date(5), e: null }),
    { $set: { a: 1, c: [1], d: { $date: 5 }, e: null } },
  ],
  [() => ({ a: { b: { c: 1 }, d: {} }, arr: { 1: 'x' }, 'e.f': 2 }), { $set: { 'a.b.c': 1, 'arr.1': 'x', 'e.f': 2 } }],
  [() => ({ a: _.set({ b: 1 }), c: { d: _.remove() } }), { $set: { a: { b: 1 } }, $unset: { 'c.d': '' } }],
  [
    () => ({ n: _.inc(-1), m: _.mul(2), x: _.min(1), y: _.max(2) }),
    { $inc: { n: -1 }, $mul: { m: 2 }, $min: { x: 1 }, $max: { y: 2 } },
  ],
  [
    () => ({
      a: _.push('x'),
      b: _.push(['x', 'y']),
      c: _.push('x', 'y'),
      d: _.push({ each: [1], slice: -10 }),
    }),
    {
      $push: {
        a: { $each: ['x'] },
        b: { $each: ['x', 'y'] },
        c: { $each: ['x', 'y'] },
        d: { $each: [1], $slice: -10 },
      },
    },
  ],
  [
    () => ({ a: _.pop(), b: _.shift(), c: _.unshift(['x']), d: _.rename('e') }),
    { $pop: { a: 1, b: -1 }, $push: { c: { $each: ['x'], $position: 0 } }, $rename: { d: 'e' } },
  ],
  [
    () => ({
      a: _.pull('x'),
      b: _.pull(_.in([1])),
      c: _.pull({ id: { x: 1 } }),
      d: _.pullAll([1]),
    }),
    { $pull: { a: 'x', b: { $in: [1] }, c: { 'id.x': 1 } }, $pullAll: { d: [1] } },
  ],
  [
    () => ({ a: _.addToSet('x'), b: _.addToSet({ each: [1, 2] }), c: _.addToSet([1]) }),
    { $addToSet: { a: { $each: ['x'] }, b: { $each: [1, 2] }, c: { $each: [[1]] } } },
  ],
  [
    () => ({ at: any.serverDate({ offset: 60 }), in: [any.serverDate()] }),
    { $set: { at: { $serverDate: 60 }, in: [{ $serverDate: 0 }] } },
  ],
  [
    () => JSON.parse('{"__proto__": {"x": 1}, "a": {"__proto__": 2}}') as unknown,
    { $set: { '__proto__.x': 1, 'a.__proto__': 2 } },
  ],
]

for (const [data, change] of changes) {
  test(`changes reach the server as ${JSON.stringify(change)}`, async () => {
    const { db, asked } = noting(1)
    assert.deepEqual(await db.collection('c').where({ x: 1 }).update(data()), { updated: 1, affectedDocs: 1 })
    assert.deepEqual(asked, [['update', { collection: 'c', where: { x: 1 }, change }]])
    assert.equal(({} as { x?: number }).x, undefined)
  })
}

test('a query is asked for with all its parts, and each step leaves the one before it as it was', async () => {
  const { db, asked } = noting([{ _id: 'a', at: { $date: 7 }, deep: [{ at: { $date: 8 } }] }])
  const users = db.collection('users')
  const query = users.where({ a: 1 }).where({ b: 2 }).orderBy('n', 'desc').orderBy('m').skip(2).limit(5_000)
  const { data } = await query.field({ n: true, m: 1 }).get()
  assert.deepEqual(data, [{ _id: 'a', at: new Date(7), deep: [{ at: new Date(8) }] }])
  await users.get()
  await query.get({ getOne: true })
  const orderBy = [
    { field: 'n', direction: 'desc' },
    { field: 'm', direction: 'asc' },
  ]
  const where = { a: 1, b: 2 }
  assert.deepEqual(asked, [
    ['find', { collection: 'users', where, orderBy, skip: 2, limit: 1_000, field: { n: true, m: true } }],
    ['find', { collection: 'users' }],
    ['find', { collection: 'users', where, orderBy, skip: 2, limit: 1 }],
  ])
})

test('answers have the shapes that uniCloud documents', async () => {
  const at = (answer: unknown): ReturnType<Database['collection']> => noting(answer).db.collection('c')
  assert.deepEqual(
    await at([{ _id: 'a' }])
      .doc('a')
      .get(),
    { data: [{ _id: 'a' }], affectedDocs: 1 },
  )
  assert.deepEqual(await at([]).where({ a: 1 }).get({ getOne: true }), { data: null, affectedDocs: 0 })
  assert.deepEqual(await at(3).count(), { total: 3, affectedDocs: 3 })
  assert.deepEqual(await at(['a']).add({ x: 1 }), { id: 'a' })
  assert.deepEqual(await at(['a', 'b']).add([{ x: 1 }, {}]), { ids: ['a', 'b'], inserted: 2 })
  assert.deepEqual(await at(2).where({ a: 1 }).remove(), { deleted: 2, affectedDocs: 2 })
  assert.deepEqual(await at(true).doc('a').set({ x: 1 }), { updated: 1, affectedDocs: 1 })
  assert.deepEqual(await at(false).doc('a').set({ x: 1 }), { updated: 0, upsertedId: 'a', affectedDocs: 1 })
  assert.deepEqual(
    await at({ updated: 1, doc: { at: { $date: 1 } } })
      .doc('a')
      .updateAndReturn({ n: 1 }),
    {
      updated: 1,
      doc: { at: new Date(1) },
    },
  )
})

const refusals: readonly (readonly [name: string, code: string, act: (db: Database) => unknown])[] = [
  ['a change of everything', 'DOCUMENT_QUERY_INVALID', (db) => db.collection('c').update({ a: 1 })],
  ['a removal of everything', 'DOCUMENT_QUERY_INVALID', (db) => db.collection('c').remove()],
  [
    'a removal whose only condition is undefined',
    'UNICLOUD_ARGUMENT_INVALID',
    (db) => db.collection('c').where({ uid: undefined }).remove(),
  ],
  [
    'conditions within an object that are all undefined',
    'UNICLOUD_ARGUMENT_INVALID',
    (db) =>
      db
        .collection('c')
        .where({ a: { b: undefined } })
        .count(),
  ],
  [
    'one of several conditions whose values are all undefined',
    'UNICLOUD_ARGUMENT_INVALID',
    (db) =>
      db
        .collection('c')
        .where(_.or({ a: 1 }, { b: undefined }))
        .update({ c: 1 }),
  ],
  [
    'a document without an id',
    'DOCUMENT_QUERY_INVALID',
    (db) =>
      db
        .collection('c')
        .doc(undefined as unknown as string)
        .get(),
  ],
  [
    'a document by an object',
    'DOCUMENT_QUERY_INVALID',
    (db) =>
      db
        .collection('c')
        .doc({ $ne: '' } as unknown as string)
        .remove(),
  ],
  ['conditions that are none', 'DOCUMENT_QUERY_INVALID', (db) => db.collection('c').where(undefined).get()],
  ['a command without a field', 'DOCUMENT_QUERY_INVALID', (db) => db.collection('c').where(_.gt(1)).get()],
  [
    'a change within a condition',
    'DOCUMENT_QUERY_INVALID',
    (db) =>
      db
        .collection('c')
        .where({ a: _.inc(1) })
        .get(),
  ],
  [
    'a condition within a change',
    'DOCUMENT_INVALID',
    (db) =>
      db
        .collection('c')
        .doc('a')
        .update({ a: _.gt(1) }),
  ],
  ['a command within a document', 'DOCUMENT_INVALID', (db) => db.collection('c').add({ a: _.inc(1) })],
  ['a number that is none', 'DOCUMENT_INVALID', (db) => db.collection('c').add({ a: NaN })],
  ['a Date that is none', 'DOCUMENT_INVALID', (db) => db.collection('c').add({ a: new Date('x') })],
  ['bytes', 'DOCUMENT_INVALID', (db) => db.collection('c').add({ a: Buffer.from('x') })],
  ['a circle', 'DOCUMENT_INVALID', (db) => db.collection('c').add(circle())],
  ['a circle in a condition', 'DOCUMENT_QUERY_INVALID', (db) => db.collection('c').where(circle()).get()],
  ['a circle in a change', 'DOCUMENT_INVALID', (db) => db.collection('c').doc('a').update(circle())],
  ['JQL', 'UNICLOUD_NOT_SUPPORTED', (db) => db.collection('c').where('a == 1').get()],
  ['an aggregate', 'UNICLOUD_NOT_SUPPORTED', async (db) => db.collection('c').aggregate()],
  ['a transaction', 'UNICLOUD_NOT_SUPPORTED', (db) => db.startTransaction()],
  ['a transaction of a function', 'UNICLOUD_NOT_SUPPORTED', (db) => db.runTransaction()],
  ['a place on the earth', 'UNICLOUD_NOT_SUPPORTED', async (db) => db.Geo['Point']?.()],
  ['an expression', 'UNICLOUD_NOT_SUPPORTED', async () => _.expr({})],
]
for (const [name, code, act] of refusals) {
  test(`is refused without asking the server: ${name}`, async () => {
    const { db, asked } = noting()
    await assert.rejects(async () => act(db), { code })
    assert.deepEqual(asked, [])
  })
}

test('the refusal of conditions that are all undefined names the first field', async () => {
  const { db } = noting()
  await assert.rejects(
    db
      .collection('c')
      .where({ user: { id: undefined } })
      .remove(),
    (error: { readonly detail?: { readonly field?: string } }) => error.detail?.field === 'where.user.id',
  )
})

function circle(): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  value['self'] = value
  return value
}

test('a command is no plain object: libraries that merge objects deeply keep it as it is', async () => {
  const prototype: unknown = Object.getPrototypeOf(_.pull('t'))
  assert.ok(prototype !== null && prototype !== Object.prototype && !Object.hasOwn(prototype as object, 'constructor'))
})
