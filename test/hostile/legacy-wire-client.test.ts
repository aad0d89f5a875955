import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openStockSecureWorld } from '../flows/stock-secure-world.ts'
import { openMeddler } from './meddler.ts'

/** The arguments inside a request of the wire. */
function contentOf(sent: string): string {
  const { params } = JSON.parse(sent) as { readonly params: string }
  return (JSON.parse(params) as { readonly functionArgs: { readonly content: string } }).functionArgs.content
}

function blocksOf(content: string): readonly string[] {
  return content.length === 0 ? [] : (Buffer.from(content, 'base64').toString('hex').match(/.{32}/g) ?? [])
}

test('legacy 1: replies have no two blocks alike; requests that begin alike do', async (t) => {
  const world = await openStockSecureWorld(t)
  const app = world.app()
  await app.uniCloud.initSecureNetworkByWeixin()
  const sent = app.platform.network.exchanges.length
  for (let n = 0; n < 4; n++)
    await app.uniCloud.callFunction({ name: 'mirror', data: { back: 'the same words '.repeat(8) }, secretType: 'both' })
  const exchanges = app.platform.network.exchanges.slice(sent)
  const replies = exchanges.flatMap(({ reply = '{}' }) =>
    blocksOf((JSON.parse(reply) as { readonly data: { readonly content: string } }).data.content),
  )
  assert.ok(replies.length > 40)
  assert.equal(new Set(replies).size, replies.length)
  const requests = exchanges.map(({ body }) => blocksOf(contentOf(body)))
  assert.equal(new Set(requests.map(([first]) => first)).size, 1)
})

test('legacy 5: the client takes a clear reply to an encrypted call', async (t) => {
  const world = await openStockSecureWorld(t)
  const meddler = await openMeddler(t, world.endpoint)
  const app = world.app({ reach: meddler.reach })
  await app.uniCloud.initSecureNetworkByWeixin()
  meddler.meddle(() => JSON.stringify({ success: true, data: { paid: 1_000_000 } }))
  const { result } = await app.uniCloud.callFunction({ name: 'pay', secretType: 'both' })
  assert.deepEqual(result, { paid: 1_000_000 })
})

test('legacy 6: the client takes the reply of another call', async (t) => {
  const world = await openStockSecureWorld(t)
  const meddler = await openMeddler(t, world.endpoint)
  const app = world.app({ reach: meddler.reach })
  await app.uniCloud.initSecureNetworkByWeixin()
  let earlier = ''
  meddler.meddle((reply) => (earlier = reply))
  await app.uniCloud.callFunction({ name: 'pay', data: { amount: 3 }, secretType: 'both' })
  const kept = earlier
  meddler.meddle(() => kept)
  const { result } = await app.uniCloud.callFunction({ name: 'refund', data: { amount: 8 }, secretType: 'both' })
  assert.deepEqual(result, { paid: 3 })
})

test('legacy 7, at the client: it takes its own request for the reply', async (t) => {
  const world = await openStockSecureWorld(t)
  const meddler = await openMeddler(t, world.endpoint)
  const app = world.app({ reach: meddler.reach })
  await app.uniCloud.initSecureNetworkByWeixin()
  meddler.meddle((_reply, sent) => JSON.stringify({ success: true, data: { content: contentOf(sent) } }))
  const { result } = await app.uniCloud.callFunction({ name: 'pay', data: { amount: 3 }, secretType: 'both' })
  assert.equal((result as { readonly data?: unknown }).data, '{"amount":3}')
})
