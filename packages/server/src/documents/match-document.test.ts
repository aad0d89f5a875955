import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '@drawbridge/runtime'
import { matchDocument } from './match-document.ts'

/** What MongoDB's manual says of each operator, and what its own tests say of null and lists. */
const cases: readonly (readonly [
  sentence: string,
  where: JsonObject,
  yes: readonly JsonObject[],
  no: readonly JsonObject[],
])[] = [
  ['no condition meets all', {}, [{}, { a: 1 }], []],
  ['a value matches itself, of its own kind', { a: 1 }, [{ a: 1 }], [{ a: '1' }, { a: true }, { a: 2 }, {}]],
  ['a value matches a list that holds it', { a: 1 }, [{ a: [0, 1] }], [{ a: [[1]] }, { a: [] }]],
  [
    'a list matches itself and a list that holds it',
    { a: [1, 2] },
    [{ a: [1, 2] }, { a: [[1, 2]] }],
    [{ a: [2, 1] }, { a: 1 }],
  ],
  [
    'an object matches with the same names in the same order',
    { a: { $eq: { b: 1, c: 2 } } },
    [{ a: { b: 1, c: 2 } }],
    [{ a: { c: 2, b: 1 } }, { a: { b: 1 } }],
  ],
  [
    'null matches null and what is missing',
    { a: null },
    [{}, { a: null }, { a: [null] }],
    [{ a: 0 }, { a: '' }, { a: [] }],
  ],
  [
    'null inside matches objects without the field',
    { 'a.b': null },
    [{}, { a: null }, { a: 4 }, { a: {} }, { a: [{ b: 3 }, {}] }],
    [{ a: [] }, { a: [1] }, { a: { b: 0 } }, { a: [{ b: 1 }] }],
  ],
  [
    'a path goes into each object of a list',
    { 'a.b': 1 },
    [{ a: [{ b: 2 }, { b: 1 }] }, { a: { b: [1] } }],
    [{ a: [[{ b: 1 }]] }, { a: [1] }],
  ],
  [
    'a number in a path is an element or a name',
    { 'a.1': 'x' },
    [{ a: ['y', 'x'] }, { a: { 1: 'x' } }, { a: [{ 1: 'x' }] }],
    [{ a: ['x', 'y'] }, { a: ['x'] }],
  ],
  ['a number and then a name', { 'a.0.b': 1 }, [{ a: [{ b: 1 }] }], [{ a: [{ b: 2 }, { b: 1 }] }]],
  ['not equal means that no value is', { a: { $ne: 1 } }, [{}, { a: 2 }, { a: [2] }], [{ a: 1 }, { a: [1, 2] }]],
  ['neq is ne', { a: { $neq: 1 } }, [{}], [{ a: 1 }]],
  [
    'greater is of one kind',
    { a: { $gt: 1 } },
    [{ a: 2 }, { a: [0, 5] }],
    [{ a: 1 }, { a: '2' }, { a: null }, {}, { a: { $date: 5 } }],
  ],
  ['both ends of a range may be met by different elements', { a: { $gt: 3, $lt: 2 } }, [{ a: [1, 4] }], [{ a: 4 }]],
  [
    'from and up to',
    { a: { $gte: 'b', $lte: 'c' } },
    [{ a: 'b' }, { a: 'bz' }, { a: 'c' }],
    [{ a: 'a' }, { a: 'cc' }, { a: 1 }],
  ],
  ['null is at least null', { a: { $gte: null } }, [{}, { a: null }], [{ a: 1 }]],
  [
    'moments compare with moments',
    { a: { $lt: { $date: 10 } } },
    [{ a: { $date: 9 } }],
    [{ a: { $date: 10 } }, { a: 9 }],
  ],
  [
    'in',
    { a: { $in: [1, 'x', null, { b: 1 }, { $date: 3 }] } },
    [{ a: 1 }, { a: 'x' }, {}, { a: [7, 'x'] }, { a: { b: 1 } }, { a: { $date: 3 } }],
    [{ a: 2 }, { a: { b: 2 } }, { a: 3 }],
  ],
  ['not in', { a: { $nin: [1, null] } }, [{ a: 2 }, { a: [2] }], [{ a: 1 }, {}, { a: [1, 2] }]],
  ['exists', { a: { $exists: true } }, [{ a: null }, { a: [] }], [{}]],
  [
    'exists not',
    { 'a.b': { $exists: false } },
    [{}, { a: [] }, { a: 1 }, { a: [1, {}] }],
    [{ a: { b: null } }, { a: [{}, { b: 1 }] }],
  ],
  ['and', { $and: [{ a: 1 }, { b: 2 }] }, [{ a: 1, b: 2 }], [{ a: 1 }, { b: 2 }]],
  ['or', { $or: [{ a: 1 }, { b: 2 }] }, [{ a: 1 }, { b: 2 }], [{}]],
  ['nor', { $nor: [{ a: 1 }, { b: 2 }] }, [{}], [{ a: 1 }, { b: 2 }]],
  ['not', { a: { $not: { $gt: 1 } } }, [{ a: 1 }, {}, { a: 'x' }], [{ a: 2 }, { a: [0, 2] }]],
  [
    'one element meets all conditions',
    { a: { $elemMatch: { b: { $gt: 1 }, c: 1 } } },
    [{ a: [{ b: 2, c: 1 }] }],
    [{ a: [{ b: 2 }, { c: 1 }] }, { a: { b: 2, c: 1 } }, { a: [] }],
  ],
  [
    'one element meets all operators',
    { a: { $elemMatch: { $gt: 80, $lt: 100 } } },
    [{ a: [60, 90] }],
    [{ a: [60, 120] }, { a: 90 }],
  ],
  [
    'conditions of an element may be alternatives',
    { a: { $elemMatch: { $or: [{ b: 1 }, { b: 2 }] } } },
    [{ a: [{ b: 2 }] }],
    [{ a: [{ b: 3 }] }],
  ],
  ['all', { a: { $all: ['x', 'y'] } }, [{ a: ['y', 'z', 'x'] }], [{ a: ['x'] }, { a: 'x' }]],
  [
    'all, each met by some element',
    { a: { $all: [{ $elemMatch: { b: 1 } }, { $elemMatch: { b: 2 } }] } },
    [{ a: [{ b: 1 }, { b: 2 }] }],
    [{ a: [{ b: 1 }] }],
  ],
  ['all of nothing is nothing', { a: { $all: [] } }, [], [{ a: [] }, {}]],
  ['size', { a: { $size: 2 } }, [{ a: [1, 2] }], [{ a: [1] }, { a: 'xy' }, { a: [[1, 2]] }]],
  ['remainder', { a: { $mod: [10, 3] } }, [{ a: 13 }, { a: [1, 23] }], [{ a: 12 }, { a: '13' }]],
  [
    'a text that begins so',
    { a: { $regex: '^AB\\.C' } },
    [{ a: 'AB.C' }, { a: ['AB.CD'] }],
    [{ a: 'xAB.C' }, { a: 'ABxC' }, { a: 1 }],
  ],
  ['a text that holds it, in any case', { a: { $regex: 'Abc', $options: 'i' } }, [{ a: 'xxABCyy' }], [{ a: 'ab' }]],
  ['a text that ends so', { a: { $regex: 'bc$' } }, [{ a: 'abc' }], [{ a: 'abcd' }]],
  ['a text and no other', { a: { $regex: '^abc$' } }, [{ a: 'abc' }], [{ a: 'abcd' }]],
]

for (const [sentence, where, yes, no] of cases) {
  test(`${sentence}: ${JSON.stringify(where)}`, () => {
    const matches = matchDocument(where)
    for (const document of yes) assert.equal(matches(document), true, `should match ${JSON.stringify(document)}`)
    for (const document of no) assert.equal(matches(document), false, `should not match ${JSON.stringify(document)}`)
  })
}

const malformed: readonly JsonObject[] = [
  { a: { $where: 'x' } },
  { $where: 'x' },
  { $expr: {} },
  { a: { $gt: 1, b: 2 } },
  { a: { constructor: 1, $gt: 1 }, $constructor: [] },
  { a: { $constructor: 1 } },
  { a: { $in: 1 } },
  { a: { $in: Array.from({ length: 5_001 }, () => 1) } },
  { a: { $size: 'x' } },
  { a: { $mod: [0, 0] } },
  { a: { $not: 1 } },
  { a: { $elemMatch: 1 } },
  { $or: [] },
  { $or: { a: 1 } },
  { $and: [1] },
  { '': 1 },
  { 'a..b': 1 },
  { '__proto__.x': 1 },
  { 'a.constructor': 1 },
  { 'a.$.b': 1 },
  { ['x'.repeat(300)]: 1 },
  { $or: Array.from({ length: 101 }, () => ({ $and: [{}] })) },
  { a: { $all: Array.from({ length: 101 }, () => 1) } },
]

for (const where of malformed) {
  test(`conditions that mean nothing are refused: ${JSON.stringify(where).slice(0, 60)}`, () => {
    assert.throws(() => matchDocument(where), { code: 'DOCUMENT_QUERY_INVALID' })
  })
}

for (const source of ['a+', '(a)', '\\d', 'a|b', '[ab]', '^a.*', 'a{2}', 'a\\', '(a+)+$', 'a$b', 'a^']) {
  test(`a regular expression that is more than text is refused: ${source}`, () => {
    assert.throws(() => matchDocument({ a: { $regex: source } }), { code: 'UNICLOUD_NOT_SUPPORTED' })
  })
}

test('what a document does not hold itself is missing', () => {
  assert.equal(matchDocument({ toString: { $exists: true } })({}), false)
  assert.equal(matchDocument({ 'a.length': { $exists: true } })({ a: [1] }), false)
})

test('a path made to be found in many ways takes no longer than the document is large', () => {
  let value: JsonObject = { x: 1 }
  for (let depth = 0; depth < 30; depth += 1) value = { 0: [value] }
  assert.equal(matchDocument({ [Array.from({ length: 40 }, () => '0').join('.')]: 'none' })(value), false)
})
