import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '@drawbridge/runtime'
import { applyChange } from './apply-change.ts'

const NOW = 1_700_000_000_000

const cases: readonly (readonly [sentence: string, before: JsonObject, change: JsonObject, after: JsonObject])[] = [
  ['set makes what is missing on the way', {}, { $set: { 'a.b.c': 1 } }, { a: { b: { c: 1 } } }],
  ['set leaves the fields beside it', { a: { x: 1 } }, { $set: { 'a.b': 2 } }, { a: { x: 1, b: 2 } }],
  ['set of an element', { a: ['x', 'y'] }, { $set: { 'a.1': 'z' } }, { a: ['x', 'z'] }],
  ['set beyond the end fills with null', { a: ['x'] }, { $set: { 'a.3': 'z' } }, { a: ['x', null, null, 'z'] }],
  ['set of the same _id', { a: 1 }, { $set: { _id: 'id', a: 2 } }, { a: 2 }],
  ['the time of the server', {}, { $set: { a: { $serverDate: -1_000 } } }, { a: { $date: NOW - 1_000 } }],
  ['unset', { a: { b: 1, c: 2 } }, { $unset: { 'a.b': '', x: '', 'a.c.d': '' } }, { a: { c: 2 } }],
  ['unset of an element leaves its place', { a: [1, 2] }, { $unset: { 'a.0': '' } }, { a: [null, 2] }],
  ['inc', { a: 1 }, { $inc: { a: 2, b: 3, 'c.d': -1 } }, { a: 3, b: 3, c: { d: -1 } }],
  ['mul', { a: 3 }, { $mul: { a: 2, b: 5 } }, { a: 6, b: 0 }],
  ['min and max', { a: 5, b: 5 }, { $min: { a: 3, c: 1 }, $max: { b: 3, d: 1 } }, { a: 3, b: 5, c: 1, d: 1 }],
  ['push', { a: [1] }, { $push: { a: 2, b: 'x' } }, { a: [1, 2], b: ['x'] }],
  ['push of a list is one element', { a: [] }, { $push: { a: [1, 2] } }, { a: [[1, 2]] }],
  ['push of each', { a: [1] }, { $push: { a: { $each: [2, 3] } } }, { a: [1, 2, 3] }],
  ['push at a place', { a: [1, 2] }, { $push: { a: { $each: [8, 9], $position: 1 } } }, { a: [1, 8, 9, 2] }],
  ['push at a place from the end', { a: [1, 2] }, { $push: { a: { $each: [9], $position: -1 } } }, { a: [1, 9, 2] }],
  [
    'push, sort and keep the last',
    { a: [3, 1] },
    { $push: { a: { $each: [2], $sort: 1, $slice: -2 } } },
    { a: [2, 3] },
  ],
  [
    'push, sort by a field, keep the first',
    { a: [{ n: 1 }] },
    { $push: { a: { $each: [{ n: 3 }, { n: 2 }], $sort: { n: -1 }, $slice: 2 } } },
    { a: [{ n: 3 }, { n: 2 }] },
  ],
  ['pull of a value', { a: ['x', 'y', 'x'] }, { $pull: { a: 'x', b: 'x', 'c.d': 1 } }, { a: ['y'] }],
  ['pull by operator', { a: [1, 5, 9] }, { $pull: { a: { $gte: 5 } } }, { a: [1] }],
  ['pull of any of some', { a: [1, 5, 9] }, { $pull: { a: { $in: [1, 9] } } }, { a: [5] }],
  ['pull by fields', { a: [{ id: 1, x: 1 }, { id: 2 }] }, { $pull: { a: { id: 1 } } }, { a: [{ id: 2 }] }],
  ['pullAll', { a: [1, 2, 1, 3] }, { $pullAll: { a: [1, 3] } }, { a: [2] }],
  ['addToSet', { a: [1] }, { $addToSet: { a: { $each: [1, 2, 2] }, b: 'x' } }, { a: [1, 2], b: ['x'] }],
  ['pop and shift', { a: [1, 2, 3], b: [1, 2, 3] }, { $pop: { a: 1, b: -1, c: 1 } }, { a: [1, 2], b: [2, 3] }],
  ['rename', { a: { b: 1 } }, { $rename: { 'a.b': 'c.d', none: 'x' } }, { a: {}, c: { d: 1 } }],
  ['nothing', { a: 1 }, {}, { a: 1 }],
]

for (const [sentence, before, change, after] of cases) {
  test(`${sentence}: ${JSON.stringify(change)}`, () => {
    const document = { _id: 'id', ...before }
    const copy = structuredClone(document)
    assert.deepEqual(applyChange(change, NOW)(document), { _id: 'id', ...after })
    assert.deepEqual(document, copy)
  })
}

const refused: readonly (readonly [before: JsonObject, change: JsonObject])[] = [
  [{}, { $jump: { a: 1 } }],
  [{}, { a: 1 }],
  [{}, { $constructor: { a: 1 } }],
  [{}, { $set: 1 }],
  [{}, { $set: { '__proto__.polluted': 1 } }],
  [{}, { $set: { 'a.constructor.prototype.polluted': 1 } }],
  [{}, { $set: { a: JSON.parse('{"__proto__": {"polluted": 1}}') as JsonObject } }],
  [{}, { $push: { a: JSON.parse('{"__proto__": {"polluted": 1}}') as JsonObject } }],
  [{}, { $push: { a: { $each: [{ $x: 1 }] } } }],
  [{}, { $rename: { a: '__proto__' } }],
  [{}, { $set: { a: { 'b.c': 1 } } }],
  [{}, { $set: { a: { $b: 1 } } }],
  [{}, { $set: { _id: 'other' } }],
  [{}, { $unset: { _id: '' } }],
  [{ a: 'x' }, { $inc: { a: 1 } }],
  [{ a: 1.7e308 }, { $mul: { a: 10 } }],
  [{ a: 1 }, { $inc: { a: 'x' } }],
  [{ a: 1 }, { $push: { a: 1 } }],
  [{ a: 1 }, { $pull: { a: 1 } }],
  [{ a: 1 }, { $addToSet: { a: 1 } }],
  [{ a: 1 }, { $set: { 'a.b': 1 } }],
  [{ a: { $date: 1 } }, { $set: { 'a.b': 1 } }],
  [{ a: null }, { $set: { 'a.b': 1 } }],
  [{ a: [] }, { $set: { 'a.b': 1 } }],
  [{ a: [] }, { $set: { 'a.100000': 1 } }],
  [{}, { $set: { a: 1, 'a.b': 2 } }],
  [{}, { $set: { a: 1 }, $inc: { a: 2 } }],
  [{}, { $set: { 'a.$.b': 1 } }],
  [{}, { $pop: { a: 2 } }],
  [{}, { $push: { a: { $each: 1 } } }],
  [{}, { $set: { a: { $date: 'x' } } }],
  [{}, { $set: { a: nested(64) } }],
]

for (const [before, change] of refused) {
  test(`is refused whole: ${JSON.stringify(change).slice(0, 70)} to ${JSON.stringify(before)}`, () => {
    assert.throws(() => applyChange(change, NOW)({ _id: 'id', ...before }), { code: 'DOCUMENT_INVALID' })
    assert.equal(({} as { polluted?: number }).polluted, undefined)
  })
}

for (const change of [
  { $set: { a: 1, 'a.b': 2 } },
  { $set: { 'a.b': 1 }, $unset: { a: '' } },
  { $set: { a: 1 }, $inc: { a: 1 } },
  { $rename: { a: 'b' }, $set: { 'b.c': 1 } },
]) {
  test(`no field is changed twice, whatever the document: ${JSON.stringify(change)}`, () => {
    assert.throws(() => applyChange(change, NOW), /cannot be stored/)
    assert.doesNotThrow(() => applyChange({ $set: { a: 1, ab: 2, 'b.a': 3 } }, NOW))
  })
}

function nested(depth: number): JsonObject {
  let value: JsonObject = {}
  for (let step = 0; step < depth; step += 1) value = { a: value }
  return value
}
