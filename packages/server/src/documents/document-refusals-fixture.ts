import assert from 'node:assert/strict'
import type { Json, JsonObject } from '@drawbridge/runtime'
import type { DocumentQuery, DocumentStore } from './document-store.ts'

/** What a store of documents refuses, and with which code. */
export function documentRefusals(
  check: (sentence: string, body: (store: DocumentStore) => Promise<void>) => void,
): void {
  const invalid: readonly JsonObject[] = [
    { $set: 1 },
    { 'a.b': 1 },
    { '': 1 },
    { constructor: 1 },
    JSON.parse('{"a": {"__proto__": 1}}') as JsonObject,
    { a: { $gt: 1 } },
    { a: { $date: 1.5 } },
    { _id: 1 },
    { _id: '' },
    { _id: 'x'.repeat(513) },
    { _id: 'a\0b' },
    { _id: '\ud800' },
    JSON.parse(`{"a":${'['.repeat(64)}${']'.repeat(64)}}`) as JsonObject,
  ]
  for (const document of invalid) {
    check(`a document that cannot be kept is refused: ${JSON.stringify(document).slice(0, 50)}`, async (store) => {
      await assert.rejects(store.insert('s', 'c', [{ _id: 'good' }, document]), { code: 'DOCUMENT_INVALID' })
      assert.equal(await store.count('s', { collection: 'c' }), 0)
    })
  }

  check('a document is at most 1 MiB, in bytes, and does not grow beyond', async (store) => {
    const text = '你'.repeat(340_000)
    await store.insert('s', 'c', [{ _id: 'a', text }])
    const tooLarge = { code: 'DOCUMENT_TOO_LARGE' }
    await assert.rejects(store.insert('s', 'c', [{ text: `${text}${'你'.repeat(10_000)}` }]), tooLarge)
    await assert.rejects(store.update('s', { collection: 'c' }, { $set: { more: 'x'.repeat(30_000) } }), tooLarge)
    await assert.rejects(store.replace('s', 'c', 'a', { text: 'x'.repeat(1_048_600) }), tooLarge)
    assert.deepEqual(await store.find('s', { collection: 'c' }), [{ _id: 'a', text }])
  })

  check('a result is at most 6 MiB', async (store) => {
    const documents = Array.from({ length: 7 }, () => ({ text: 'x'.repeat(1_040_000), n: 1 }))
    for (const document of documents) await store.insert('s', 'c', [document])
    const tooLarge = { code: 'DOCUMENT_TOO_LARGE' }
    await assert.rejects(store.find('s', { collection: 'c' }), tooLarge)
    await assert.rejects(store.find('s', { collection: 'c', orderBy: [{ field: 'n', direction: 'asc' }] }), tooLarge)
    assert.equal((await store.find('s', { collection: 'c', field: { n: true } })).length, 7)
    assert.equal((await store.find('s', { collection: 'c', limit: 2 })).length, 2)
  })

  const queries: readonly DocumentQuery[] = [
    { collection: 'a b' },
    { collection: '' },
    { collection: 'x'.repeat(65) },
    { collection: 'c', limit: 1_001 },
    { collection: 'c', limit: -1 },
    { collection: 'c', skip: 0.5 },
    { collection: 'c', field: { a: true, b: false } },
    { collection: 'c', field: { __proto__x: true, 'a.__proto__': true } },
    { collection: 'c', orderBy: [{ field: '$x', direction: 'asc' }] },
    { collection: 'c', where: { a: { $jump: 1 } } },
    { collection: 'c', where: { a: JSON.parse('['.repeat(70) + ']'.repeat(70)) as Json } },
  ]
  for (const query of queries) {
    check(`a query that means nothing is refused: ${JSON.stringify(query).slice(0, 60)}`, async (store) => {
      await assert.rejects(store.find('s', query), { code: 'DOCUMENT_QUERY_INVALID' })
    })
  }
}
