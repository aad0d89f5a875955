import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isPlainPath } from './is-plain-path.ts'

const good = [
  '/',
  '/a',
  '/a/',
  '/a/b.c',
  '/a-b_c~d',
  '/a@b:c',
  "/a!$&'()*+,=",
  '/%E8%AE%A2%E5%8D%95',
  '/a%20b',
  '/a%40b',
  '/a%3Fb',
  '/...',
]
for (const path of good)
  test(`${path} goes on as it is`, () => {
    assert.ok(isPlainPath(path))
  })

const bad: readonly (readonly [what: string, path: string])[] = [
  ['no path', ''],
  ['no slash before it', 'a'],
  ['two slashes', '//a'],
  ['two slashes within', '/a//b'],
  ['a dot', '/a/./b'],
  ['two dots', '/a/../b'],
  ['two dots at the end', '/a/..'],
  ['encoded dots', '/a/%2e%2E/b'],
  ['half encoded dots', '/a/.%2e/b'],
  ['an encoded slash', '/a%2fb'],
  ['an encoded backslash', '/a%5Cb'],
  ['a backslash', '/a\\..\\b'],
  ['an encoded percent sign', '/a%252e%252e/b'],
  ['a NUL', '/a%00'],
  ['a raw NUL', '/a\0'],
  ['a line break', '/a%0d%0aX: y'],
  ['a raw line break', '/a\r\nX: y'],
  ['a blank', '/a b'],
  ['a path parameter', '/a/..;/b'],
  ['an encoded semicolon', '/a%3Bb'],
  ['a query', '/a?b'],
  ['a fragment', '/a#b'],
  ['a letter that needed no encoding', '/%61dmin'],
  ['a capital that needed no encoding', '/%5A'],
  ['a digit that needed no encoding', '/%39'],
  ['a dash that needed no encoding', '/a%2db'],
  ['half an escape', '/a%2'],
  ['an escape that is none', '/a%zz'],
  ['bytes that are not UTF-8', '/a%ff'],
  ['an overlong slash', '/a%c0%af'],
  ['raw Chinese', '/订单'],
  ['another scheme', 'http://evil.example/'],
  ['too much', `/${'a'.repeat(1024)}`],
]
for (const [what, path] of bad)
  test(`${what} makes a path that is not forwarded`, () => {
    assert.ok(!isPlainPath(path))
  })
