import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Json, JsonObject } from '@drawbridge/runtime'
import fc from 'fast-check'
import { applyChange } from './apply-change.ts'
import type { DocumentStore } from './document-store.ts'
import { matchDocument } from './match-document.ts'

/** How the suite gets an empty store whose clock stands at `DOCUMENT_CONTRACT_NOW`. */
export type OpenDocumentStore = (context: TestContext) => Promise<DocumentStore>

/** The moment at which the suite's stores stand, ms since epoch. */
export const DOCUMENT_CONTRACT_NOW = 1_700_000_000_000

/** Holds a store against a list of documents that is changed and searched by the pure functions alone. */
export function documentModelCheck(
  adapter: string,
  open: OpenDocumentStore,
  { runs }: { readonly runs: number },
): void {
  test(`${adapter}: finds, after any changes, what looking at every document finds`, async (context) => {
    const store = await open(context)
    let run = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyDocument, { maxLength: 8 }),
        fc.array(anyStep, { maxLength: 6 }),
        anyWheres,
        async (documents, steps, wheres) => {
          run += 1
          const collection = `c${run}`
          let model = documents.map((document, index) => ({ ...document, _id: `${index}` }))
          await store.insert('s', collection, model)
          for (const [where, change] of steps) {
            const test = matchDocument(where)
            if (change === undefined) {
              await store.remove('s', { collection, where })
              model = model.filter((document) => !test(document))
              continue
            }
            await store.update('s', { collection, where }, change)
            const changed = applyChange(change, DOCUMENT_CONTRACT_NOW)
            model = model.map((document) => (test(document) ? changed(document) : document))
          }
          for (const where of wheres)
            assert.deepEqual(await store.find('s', { collection, where }), model.filter(matchDocument(where)))
        },
      ),
      { numRuns: runs },
    )
    await store.close()
  })
}

// Few, so that what is looked for is often there.
const scalar = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Json>(null, 1, 'x') },
  { weight: 1, arbitrary: fc.constantFrom<Json>(2, '', 'x'.repeat(50), true, { $date: 1 }) },
)
const anyValue: fc.Arbitrary<Json> = fc
  .oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(scalar, { maxLength: 3 }),
    fc.record({ b: scalar, c: fc.array(scalar, { maxLength: 2 }) }, { requiredKeys: [] }),
    fc.array(fc.record({ b: scalar, c: scalar, 0: scalar }, { requiredKeys: [] }), {
      maxLength: 3,
    }),
    fc.record({ b: fc.record({ c: fc.record({ d: fc.record({ e: scalar }) }) }) }),
  )
  // Plain objects, as JSON gives them.
  .map((value) => structuredClone(value))
const anyDocument = fc.record(
  { a: anyValue, b: anyValue, c: anyValue },
  { requiredKeys: [] },
) as fc.Arbitrary<JsonObject>
const field = fc.constantFrom('a', 'b', 'a.b', 'a.c', 'a.0', 'a.0.b', 'a.b.c', 'a.b.c.d.e', 'c')
const operators = fc.oneof(
  fc.record({ $eq: anyValue }),
  fc.record({ $in: fc.array(scalar, { maxLength: 3 }) }),
  fc.record({ $nin: fc.array(scalar, { maxLength: 3 }) }),
  fc.record({ $ne: scalar }),
  fc.record({ $gt: scalar }),
  fc.record({ $gte: scalar, $lte: scalar }),
  fc.record({ $exists: fc.boolean() }),
  fc.record({ $all: fc.array(scalar, { maxLength: 2 }) }),
  fc.record({ $elemMatch: fc.record({ b: scalar }) }),
  fc.record({ $elemMatch: fc.record({ $in: fc.array(scalar, { maxLength: 2 }) }) }),
  fc.record({ $elemMatch: fc.record({ $or: fc.tuple(fc.record({ b: scalar }), fc.record({ c: scalar })) }) }),
  fc.record({ $not: fc.record({ $eq: scalar }) }),
  fc.record({ $size: fc.nat(3) }),
)
const condition = fc.tuple(field, fc.oneof(anyValue, operators)).map(([name, value]): JsonObject => ({ [name]: value }))
const ids = fc
  .array(fc.constantFrom('0', '1', '2', '9'), { maxLength: 3 })
  .map((list): JsonObject => ({ _id: { $in: list } }))
const anyWhere: fc.Arbitrary<JsonObject> = fc.oneof(
  condition,
  ids,
  fc.tuple(condition, condition).map(([one, other]): JsonObject => ({ ...one, ...other })),
  fc.array(fc.oneof(condition, ids), { minLength: 1, maxLength: 3 }).map((each): JsonObject => ({ $or: each })),
  fc.array(condition, { minLength: 1, maxLength: 3 }).map((each): JsonObject => ({ $and: each })),
  fc.array(condition, { minLength: 1, maxLength: 2 }).map((each): JsonObject => ({ $nor: each })),
)
const anyWheres = fc.array(anyWhere, { minLength: 1, maxLength: 8 })
/** Changes that no document refuses; undefined removes. */
const anyChange: fc.Arbitrary<JsonObject | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.tuple(fc.constantFrom('a', 'b', 'c'), anyValue).map(([name, value]): JsonObject => ({ $set: { [name]: value } })),
  fc.constantFrom('a', 'b', 'a.b', 'a.0').map((name): JsonObject => ({ $unset: { [name]: '' } })),
)
const anyStep = fc.tuple(anyWhere, anyChange)
