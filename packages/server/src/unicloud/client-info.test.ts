import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readClientInfo } from './client-info.ts'

test('of what a client says of itself only known names with plain values are kept', () => {
  const sent = JSON.parse(
    '{"appId":"__UNI__A","scene":1001,"osName":{"a":1},"deviceId":["x"],"locale":null,"CLIENTIP":"1.2.3.4",' +
      '"SOURCE":"timing","secretType":"both","__proto__":{"admin":true},"PLATFORM":true}',
  ) as never
  assert.deepEqual(readClientInfo(sent), { PLATFORM: true, appId: '__UNI__A', scene: 1001 })
})

test('a text is cut at a thousand characters', () => {
  assert.deepEqual(readClientInfo({ ua: 'x'.repeat(100_000) }), { ua: 'x'.repeat(1024) })
})

test('what is no object says nothing', () => {
  for (const sent of [undefined, null, 'x', 7, ['appId'], true]) assert.deepEqual(readClientInfo(sent), {})
})
