import assert from 'node:assert/strict'
import { test } from 'node:test'
import { knownNames } from './known-names.ts'

test('known are the functions of the space, built-in objects, and apps on their own platforms', () => {
  const pay = { name: 'pay', file: '/f', kind: 'function', timeoutSeconds: 1, concurrency: 1, triggers: [] } as const
  const apps = [{ appId: 'A', platform: 'mp-weixin', release: ['wx1'], development: [] }]
  const find = (spaceId: string, name: string) => (spaceId === 'shop' && name === 'pay' ? pay : undefined)
  const { isFunction, isApp } = knownNames(apps, { find })
  assert.deepEqual(
    [isFunction('shop', 'pay'), isFunction('club', 'pay'), isFunction('shop', 'uni-id-co'), isFunction('shop', '*')],
    [true, false, true, false],
  )
  assert.deepEqual(
    [isApp('A', 'MP-Weixin'), isApp('A', undefined), isApp('A', 'ios'), isApp('B', 'mp-weixin'), isApp('B', undefined)],
    [true, true, false, false, false],
  )
})
