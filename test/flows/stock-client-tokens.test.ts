import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { openStockWorld } from './stock-client-world.ts'

for (const platform of ['mp-weixin', 'web'] as const) {
  test(`first calls at once share one token on ${platform}`, async (t) => {
    const world = await openStockWorld(t)
    const app = world.app({ provider: 'aliyun', platform })
    const call = () => app.uniCloud.callFunction({ name: 'values', data: { kind: 'zero' } })
    const replies = await Promise.all([call(), call(), call(), call()])
    assert.deepEqual(
      replies.map(({ result }) => result),
      [0, 0, 0, 0],
    )
    assert.deepEqual(app.platform.network.methods().toSorted(), [
      'anonymousAuthorize',
      ...Array<string>(4).fill('invoke'),
    ])
  })

  test(`an expired token is renewed once and the call made again on ${platform}`, async (t) => {
    const world = await openStockWorld(t)
    const app = world.app({ provider: 'aliyun', platform })
    await app.uniCloud.callFunction({ name: 'hello' })
    world.advance(7_200_000)
    const { result } = await app.uniCloud.callFunction({ name: 'values', data: { kind: 'zero' } })
    assert.equal(result, 0)
    assert.deepEqual(app.platform.network.methods().slice(2), ['invoke', 'anonymousAuthorize', 'invoke'])
    const [refused, , repeated] = app.platform.network.exchanges.slice(2)
    const moment = (body = '{}'): unknown => (JSON.parse(body) as { timestamp: number }).timestamp
    // The client signs the same moment again, so this is what a replay rule must let pass.
    assert.equal(moment(refused?.body), moment(repeated?.body))
  })

  test(`a server that starts again is not noticed on ${platform}`, async (t) => {
    const world = await openStockWorld(t)
    const app = world.app({ provider: 'aliyun', platform })
    const object = app.uniCloud.importObject('todo', { customUI: true })
    await object['add']?.('a', 1)
    await world.restart()
    assert.deepEqual(await object['add']?.('b', 2), { title: 'b', count: 2 })
    assert.deepEqual(app.platform.network.methods().slice(2), ['invoke', 'anonymousAuthorize', 'invoke'])
  })
}

test('replicas with one key honour each other’s tokens: a restart costs no renewal', async (t) => {
  const world = await openStockWorld(t, { tokenKey: randomBytes(32) })
  const app = world.app({ provider: 'aliyun', platform: 'mp-weixin' })
  await app.uniCloud.callFunction({ name: 'hello' })
  await world.restart()
  await app.uniCloud.callFunction({ name: 'hello' })
  assert.deepEqual(app.platform.network.methods(), ['anonymousAuthorize', 'invoke', 'invoke'])
})

test('a token that is refused twice ends the call: the client goes round no circle', async (t) => {
  const world = await openStockWorld(t, { tokenLifetimeMs: 0 })
  const app = world.app({ provider: 'aliyun', platform: 'mp-weixin' })
  await assert.rejects(app.uniCloud.callFunction({ name: 'hello' }), { errCode: 'GATEWAY_INVALID_TOKEN' })
  assert.deepEqual(app.platform.network.methods(), ['anonymousAuthorize', 'invoke', 'anonymousAuthorize', 'invoke'])
})

test('an app of one space cannot use its token in another', async (t) => {
  const world = await openStockWorld(t)
  const { spaceId, clientSecret } = world.otherSpace
  const one = world.app({ provider: 'aliyun', platform: 'mp-weixin' })
  const other = world.app({ provider: 'aliyun', platform: 'mp-weixin', spaceId, clientSecret })
  await one.uniCloud.callFunction({ name: 'hello' })
  await other.uniCloud.callFunction({ name: 'hello' })
  const tokens = [one, other].map(({ platform }) => platform.network.exchanges[1]?.headers['x-basement-token'])
  assert.ok(tokens[0])
  assert.notEqual(tokens[0], tokens[1])
})
