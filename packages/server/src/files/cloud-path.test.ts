import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import fc from 'fast-check'
import { readCloudPath } from './cloud-path.ts'

const kept: readonly (readonly [string, string, string])[] = [
  ['a.png', 'a.png', 'a.png'],
  ['/users/1/头像 (2).png', 'users/1/头像 (2).png', '头像 (2).png'],
  ['cafe\u0301.txt', 'café.txt', 'café.txt'],
  ['.hidden', '.hidden', '.hidden'],
  ['a..b', 'a..b', 'a..b'],
]
for (const [text, path, name] of kept)
  test(`${JSON.stringify(text)} is a path`, () => assert.deepEqual(readCloudPath(text), { path, name }))

const refused = [
  '',
  '/',
  '//a',
  'a//b',
  'a/',
  '.',
  '..',
  '../a',
  'a/../../b',
  'a/./b',
  'a\\..\\b',
  'C:\\a',
  'c:a',
  'https://x/a',
  'a\0.png',
  'a\n.png',
  'a\u007f',
  'a\u202egnp.exe',
  'a\u200b.png',
  'con',
  'NUL.txt',
  'x/lpt1.png',
  'com¹.txt',
  'a.',
  'a ',
  ' a',
  'a.png ',
  'a<b',
  'a|b',
  'a?b',
  'a*',
  'a"b',
  '\ud800',
  'x'.repeat(513),
  '头'.repeat(67),
  'a/'.repeat(16) + 'a',
  // Turns into two dots and a slash when it is normalised by NFKC; here it is one name, and its look is its own.
  'a/..\u2028',
]
for (const text of refused)
  test(`${JSON.stringify(text.slice(0, 40))} is refused`, () => {
    assert.throws(
      () => readCloudPath(text),
      (error) => error instanceof DrawbridgeError && error.code === 'FILE_PATH_INVALID',
    )
  })

test('whatever is a path is one again, and leads nowhere else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      let path: string
      try {
        path = readCloudPath(text).path
      } catch (error) {
        return error instanceof DrawbridgeError
      }
      const isPlain = !path.startsWith('/') && path.split('/').every((part) => part !== '' && !/^\.\.?$/.test(part))
      return isPlain && readCloudPath(path).path === path && decodeURIComponent(encodeURIComponent(path)) === path
    }),
  )
})
