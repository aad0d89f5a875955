import assert from 'node:assert/strict'
import { test } from 'node:test'
import { miniProgram, openHttpWorld, otherProgram } from './http-world.ts'

test('a listing pages through what its caller may see, and names nothing else', async (t) => {
  const world = await openHttpWorld(t)
  const all = await world.token()
  for (const { appid } of [miniProgram, otherProgram]) {
    for (const openid of ['o1', 'o2', 'o3']) {
      const path = `/v1/apps/weixin-mp/${appid}/users/${openid}/session-key`
      const put = await world.call('PUT', path, { token: all, body: { value: { session_key: 's' } } })
      assert.ok(put.status < 300, put.text)
    }
  }
  for (const { appid } of [miniProgram, otherProgram]) {
    const token = await world.token({ app: appid, kind: 'session_key', verb: 'list' })
    const seen: string[] = []
    let after = ''
    for (let page = 0; page < 10; page += 1) {
      const query = after === '' ? '' : `&after=${encodeURIComponent(after)}`
      const { json, text } = await world.call('GET', `/v1/credentials?limit=2${query}`, { token })
      const { items, next } = json as { items: { appid: string; storageKey: string }[]; next: string | null }
      const other = appid === miniProgram.appid ? otherProgram : miniProgram
      assert.ok(!text.includes(other.appid), text)
      assert.ok(items.length <= 2)
      seen.push(...items.map(({ storageKey }) => storageKey))
      if (next === null) break
      after = next
    }
    assert.equal(new Set(seen).size, 3)
    assert.equal(seen.length, 3)
  }
})
