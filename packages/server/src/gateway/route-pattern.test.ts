import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compilePattern, coversPattern } from './route-pattern.ts'

const paths: readonly (readonly [pattern: string, matching: readonly string[], others: readonly string[]])[] = [
  ['/', ['/'], ['/a', '']],
  ['/orders', ['/orders'], ['/orders/', '/orders/1', '/order', '/ordersx', '/Orders']],
  ['/orders/:id', ['/orders/1', '/orders/a%20b'], ['/orders', '/orders/', '/orders/1/2', '/ORDERS/1']],
  ['/orders/*', ['/orders', '/orders/', '/orders/1', '/orders/1/2/'], ['/orders2', '/x/orders']],
  ['/*', ['/', '/a', '/a/b'], []],
  ['/:shop/orders/:id', ['/s/orders/1'], ['/s/orders', '//orders/1']],
  ['/v1.0/a', ['/v1.0/a'], ['/v1x0/a']],
]

for (const [pattern, matching, others] of paths)
  test(`${pattern} matches its own paths and no others`, () => {
    const compiled = compilePattern(pattern)
    assert.ok(compiled)
    for (const path of matching) assert.ok(compiled.matches(path), path)
    for (const path of others) assert.ok(!compiled.matches(path), path)
  })

test('a path resembles a pattern but for case and a slash at the end', () => {
  const compiled = compilePattern('/orders/:id/Lines')
  assert.ok(compiled)
  for (const path of ['/orders/1/Lines', '/ORDERS/x/lines/', '/orders/1/LINES'])
    assert.ok(compiled.resembles(path), path)
  for (const path of ['/orders/1', '/orders/1/lines/2']) assert.ok(!compiled.resembles(path), path)
})

for (const pattern of [
  '',
  'orders',
  '/a//b',
  '/a/',
  '/*/b',
  '/a*',
  '/..',
  '/a/.',
  '/:',
  '/:1',
  '/a?b',
  '/a%20b',
  '/(a|b)',
])
  test(`${JSON.stringify(pattern)} is no pattern`, () => {
    assert.equal(compilePattern(pattern), undefined)
  })

const covered: readonly (readonly [earlier: string, later: string, isCovered: boolean])[] = [
  ['/*', '/orders', true],
  ['/orders/*', '/orders', true],
  ['/orders/*', '/orders/:id/lines', true],
  ['/orders/:id', '/orders/new', true],
  ['/orders/:id', '/orders/:other', true],
  ['/Orders', '/orders', true],
  ['/orders/new', '/orders/:id', false],
  ['/orders/:id', '/orders/*', false],
  ['/orders/:id', '/orders', false],
  ['/orders', '/users', false],
  ['/orders/*', '/*', false],
]

for (const [earlier, later, isCovered] of covered)
  test(`${earlier} leaves ${isCovered ? 'nothing' : 'something'} to ${later}`, () => {
    assert.equal(coversPattern(earlier, later), isCovered)
  })
