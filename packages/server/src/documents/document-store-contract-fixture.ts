import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '@drawbridge/runtime'
import type { DocumentQuery, DocumentStore } from './document-store.ts'
import { DOCUMENT_CONTRACT_NOW, documentModelCheck } from './document-model-check-fixture.ts'
import type { OpenDocumentStore } from './document-model-check-fixture.ts'
import { documentRefusals } from './document-refusals-fixture.ts'

/** What the port of documents promises, held against one adapter. */
export function documentStoreContract(
  adapter: string,
  open: OpenDocumentStore,
  { runs }: { readonly runs: number },
): void {
  function check(sentence: string, body: (store: DocumentStore) => Promise<void>): void {
    test(`${adapter}: ${sentence}`, async (context) => {
      const store = await open(context)
      try {
        await body(store)
      } finally {
        await store.close()
      }
    })
  }

  check('what was inserted is found, whole and in order', async (store) => {
    const documents = [{ _id: 'b', text: 'grüße 你好 \u{1f600}', list: [1, [null]], at: { $date: 5 } }, { _id: 'a' }]
    assert.deepEqual(await store.insert('s', 'c', documents), ['b', 'a'])
    assert.deepEqual(await store.find('s', { collection: 'c' }), documents)
  })

  check('a missing _id is made: 24 hex characters, never twice, rising', async (store) => {
    const ids = await store.insert(
      's',
      'c',
      Array.from({ length: 100 }, () => ({})),
    )
    for (const id of ids) assert.match(id, /^[0-9a-f]{24}$/)
    assert.equal(new Set(ids).size, 100)
    assert.deepEqual(ids.toSorted(), ids)
  })

  check('a taken _id is refused, and nothing of the insert is kept', async (store) => {
    await store.insert('s', 'c', [{ _id: 'a', n: 1 }])
    const taken = { code: 'DOCUMENT_EXISTS' }
    await assert.rejects(store.insert('s', 'c', [{ _id: 'b' }, { _id: 'a', n: 2 }]), taken)
    await assert.rejects(store.insert('s', 'c', [{ _id: 'd' }, { _id: 'd' }]), taken)
    assert.deepEqual(await store.find('s', { collection: 'c' }), [{ _id: 'a', n: 1 }])
    await store.insert('s', 'other', [{ _id: 'a' }])
  })

  check('of many who claim one _id at once one gets it', async (store) => {
    const claims = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => store.insert('s', 'c', [{ _id: 'openid', by: index }])),
    )
    assert.equal(claims.filter(({ status }) => status === 'fulfilled').length, 1)
  })

  check('spaces know nothing of each other', async (store) => {
    await store.insert('s', 'c', [{ _id: 'a', x: 1 }])
    await store.insert('t', 'c', [
      { _id: 'a', x: 1 },
      { _id: 'b', x: 1 },
    ])
    assert.equal(await store.count('s', { collection: 'c', where: { x: 1 } }), 1)
    assert.equal(await store.count('s', { collection: 'c', where: { _id: { $in: ['a', 'b'] } } }), 1)
    assert.equal(await store.update('s', { collection: 'c', where: { x: 1 } }, { $set: { x: 2 } }), 1)
    assert.equal(await store.remove('s', { collection: 'c' }), 1)
    assert.equal(await store.count('t', { collection: 'c', where: { x: 1 } }), 2)
  })

  check('sorting, skipping, limiting and choosing fields', async (store) => {
    const documents = [5, 3, 9, 1].map((n) => ({ _id: `${n}`, n, deep: { x: n, y: 1 }, list: [{ x: n, y: 1 }] }))
    await store.insert('s', 'c', documents)
    const ids = async (query: Partial<DocumentQuery>): Promise<readonly string[]> =>
      (await store.find('s', { collection: 'c', ...query })).map(({ _id }) => _id)
    assert.deepEqual(await ids({ orderBy: [{ field: 'n', direction: 'asc' }] }), ['1', '3', '5', '9'])
    assert.deepEqual(await ids({ orderBy: [{ field: 'deep.x', direction: 'desc' }], skip: 1, limit: 2 }), ['5', '3'])
    assert.deepEqual(await ids({ skip: 1, limit: 2 }), ['3', '9'])
    assert.deepEqual(await ids({ limit: 0 }), [])
    const one = { collection: 'c', where: { n: 5 } }
    assert.deepEqual(await store.find('s', { ...one, field: { 'deep.x': true, 'list.y': true } }), [
      { _id: '5', deep: { x: 5 }, list: [{ y: 1 }] },
    ])
    assert.deepEqual(await store.find('s', { ...one, field: { deep: false, 'list.x': false, _id: false } }), [
      { n: 5, list: [{ y: 1 }] },
    ])
  })

  check('more fields sort as they are named, and kinds sort apart', async (store) => {
    const values: Json[] = [{ $date: 1 }, true, [1], { x: 1 }, 'a', 7, null]
    await store.insert(
      's',
      'c',
      values.map((a, index) => ({ _id: `${index}`, a, same: 1 })),
    )
    const found = await store.find('s', {
      collection: 'c',
      orderBy: [
        { field: 'same', direction: 'desc' },
        { field: 'a', direction: 'asc' },
      ],
    })
    // A list sorts by its elements.
    assert.deepEqual(
      found.map(({ a }) => a),
      [null, [1], 7, 'a', { x: 1 }, true, { $date: 1 }],
    )
  })

  check('a number in a path is an element of a list or a name, however it is looked up', async (store) => {
    await store.insert('s', 'c', [
      { _id: 'list', a: ['x', 'y'] },
      { _id: 'name', a: { 1: 'y' } },
      { _id: 'no', a: ['y'] },
    ])
    const found = await store.find('s', { collection: 'c', where: { 'a.1': 'y' } })
    assert.deepEqual(
      found.map(({ _id }) => _id),
      ['list', 'name'],
    )
  })

  check('a change is applied to each match and to nothing else', async (store) => {
    await store.insert('s', 'c', [
      { _id: 'a', n: 1 },
      { _id: 'b', n: 1 },
      { _id: 'c', n: 2 },
    ])
    const ones = { collection: 'c', where: { n: 1 } }
    assert.equal(await store.update('s', { ...ones, limit: 1 }, { $inc: { n: 5 } }), 1)
    assert.equal(await store.update('s', { ...ones, limit: 0 }, { $inc: { n: 5 } }), 0)
    assert.equal(await store.update('s', ones, { $set: { at: { $serverDate: 1 } } }), 1)
    assert.deepEqual(await store.find('s', { collection: 'c' }), [
      { _id: 'a', n: 6 },
      { _id: 'b', n: 1, at: { $date: DOCUMENT_CONTRACT_NOW + 1 } },
      { _id: 'c', n: 2 },
    ])
  })

  check('counters lose nothing when many count at once', async (store) => {
    await store.insert('s', 'c', [{ _id: 'a', n: 0 }])
    const query = { collection: 'c', where: { _id: 'a' } }
    await Promise.all(Array.from({ length: 20 }, () => store.update('s', query, { $inc: { n: 1 } })))
    assert.deepEqual(await store.find('s', query), [{ _id: 'a', n: 20 }])
  })

  check('of many who take one of several each gets another', async (store) => {
    await store.insert(
      's',
      'jobs',
      Array.from({ length: 5 }, (_, index) => ({ _id: `${index}`, state: 0 })),
    )
    const taken = await Promise.all(
      Array.from({ length: 8 }, () =>
        store.update('s', { collection: 'jobs', where: { state: 0 }, limit: 1 }, { $inc: { state: 1 } }),
      ),
    )
    assert.equal(
      taken.reduce((sum, each) => sum + each, 0),
      5,
    )
    assert.equal(await store.count('s', { collection: 'jobs', where: { state: 1 } }), 5)
  })

  check('replace writes the whole document, new or not', async (store) => {
    assert.equal(await store.replace('s', 'c', 'a', { x: 1, y: 2 }), false)
    assert.equal(await store.replace('s', 'c', 'a', { x: 3 }), true)
    assert.equal(await store.replace('s', 'c', 'a', { _id: 'a', x: 4 }), true)
    assert.deepEqual(await store.find('s', { collection: 'c', where: { x: 4 } }), [{ _id: 'a', x: 4 }])
    assert.equal(await store.count('s', { collection: 'c', where: { y: 2 } }), 0)
    await assert.rejects(store.replace('s', 'c', 'a', { _id: 'b' }), { code: 'DOCUMENT_INVALID' })
  })

  check('what was removed is not found, and its _id is free', async (store) => {
    await store.insert('s', 'c', [
      { _id: 'a', x: 1 },
      { _id: 'b', x: 1 },
      { _id: 'c', x: 2 },
    ])
    assert.equal(await store.remove('s', { collection: 'c', where: { x: 1 }, limit: 1 }), 1)
    assert.equal(await store.remove('s', { collection: 'c', where: { x: 1 } }), 1)
    assert.equal(await store.remove('s', { collection: 'c', where: { x: 1 } }), 0)
    await store.insert('s', 'c', [{ _id: 'a', x: 3 }])
    assert.deepEqual(await store.find('s', { collection: 'c', where: { x: { $in: [1, 2, 3] } } }), [
      { _id: 'c', x: 2 },
      { _id: 'a', x: 3 },
    ])
  })

  check('a transaction sees its own writes, and is kept as a whole or not at all', async (store) => {
    await store.insert('s', 'c', [{ _id: 'a', n: 1 }])
    const query = { collection: 'c', where: { _id: 'a' } }
    const stop = new Error('of the work itself')
    await assert.rejects(
      store.transaction(async (inner) => {
        await inner.update('s', query, { $inc: { n: 1 } })
        await inner.insert('s', 'c', [{ _id: 'b' }])
        assert.equal(await inner.count('s', { collection: 'c', where: { n: 2 } }), 1)
        throw stop
      }),
      stop,
    )
    assert.deepEqual(await store.find('s', { collection: 'c' }), [{ _id: 'a', n: 1 }])
    const n = await store.transaction(async (inner) => {
      await inner.update('s', query, { $inc: { n: 1 } })
      await assert.rejects(inner.insert('s', 'c', [{ _id: 'b' }, { _id: 'a' }]), { code: 'DOCUMENT_EXISTS' })
      return (await inner.find('s', query))[0]?.['n']
    })
    assert.equal(n, 2)
    assert.deepEqual(await store.find('s', { collection: 'c' }), [{ _id: 'a', n: 2 }])
  })

  check('transactions do not meet', async (store) => {
    await store.insert('s', 'c', [{ _id: 'a', n: 0 }])
    await Promise.all(
      Array.from({ length: 10 }, () =>
        store.transaction(async (inner) => {
          const [found] = await inner.find('s', { collection: 'c' })
          await inner.replace('s', 'c', 'a', { n: Number(found?.['n']) + 1 })
        }),
      ),
    )
    assert.deepEqual(await store.find('s', { collection: 'c' }), [{ _id: 'a', n: 10 }])
  })

  documentRefusals(check)
  documentModelCheck(adapter, open, { runs })
}
