import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientHeaders } from './client-headers.ts'

test('content type, languages and what the client invents go on', () => {
  const said = {
    'Content-Type': 'text/plain',
    accept: '*/*',
    'Accept-Language': 'zh-CN',
    'X-Trace': 'a b',
    cookie: 'a=b',
  }
  assert.deepEqual(clientHeaders(said), [
    ['content-type', 'text/plain'],
    ['accept', '*/*'],
    ['accept-language', 'zh-CN'],
    ['x-trace', 'a b'],
    ['cookie', 'a=b'],
  ])
})

const dropped = [
  'X-Drawbridge-Openid',
  'x-drawbridge-signature',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'Forwarded',
  'X-Real-IP',
  'Proxy-Authorization',
  'Host',
  'Connection',
  'Keep-Alive',
  'Transfer-Encoding',
  'Content-Length',
  'Content-Encoding',
  'TE',
  'Trailer',
  'Upgrade',
  'Expect',
  'Via',
  'X-HTTP-Method-Override',
  'X-Original-URL',
  'X-Rewrite-URL',
]
for (const name of dropped)
  test(`${name} is not the client’s to say, and is left out`, () => {
    assert.deepEqual(clientHeaders({ [name]: 'x', kept: 'y' }), [['kept', 'y']])
  })

const refused: readonly (readonly [what: string, said: Record<string, string>])[] = [
  ['an underscore for a dash', { x_drawbridge_openid: 'o' }],
  ['a dot for a dash', { 'x.drawbridge.openid': 'o' }],
  ['a blank after the name', { 'x-drawbridge-openid ': 'o' }],
  ['a blank before the name', { ' x-drawbridge-openid': 'o' }],
  ['a colon in the name', { 'a: b\r\nx-drawbridge-openid': 'o' }],
  ['a line break in the name', { 'a\nb': 'o' }],
  ['no name', { '': 'o' }],
  ['a line break in the value', { a: 'b\r\nx-drawbridge-openid: o' }],
  ['a lone line feed in the value', { a: 'b\nc' }],
  ['a NUL in the value', { a: 'b\0' }],
  ['a letter that charsets read differently', { a: 'é' }],
  ['one name in two spellings', { 'X-A': '1', 'x-a': '2' }],
  ['two dashes', { 'x--drawbridge-openid': 'o' }],
  ['a K that only looks like one', { 'x-drawbridge-o\u212A': 'o' }],
  ['too many', Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`a${index}`, 'b']))],
  ['too long a one', { a: 'b'.repeat(8192) }],
]
for (const [what, said] of refused)
  test(`${what} makes headers that are not forwarded`, () => {
    assert.throws(() => clientHeaders(said), { code: 'GATEWAY_REQUEST_INVALID' })
  })
