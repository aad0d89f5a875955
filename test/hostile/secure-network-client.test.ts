import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClient, createMiniProgramHost } from '@drawbridge/client'
import type { Wx } from '@drawbridge/client'
import { secretTypes } from '@drawbridge/protocol'
import { openClientWorld } from '../flows/client-world.ts'
import type { ClientWorld } from '../flows/client-world.ts'

const REJECTED = { errCode: 10010, errSubject: 'uni-secure-network' } as const
const modes = secretTypes.filter((secretType) => secretType !== 'none')

/** Our client on a phone whose line somebody holds; the function `pay` is guarded, so that `none` is signed too. */
async function openHeldLine(t: Parameters<typeof openClientWorld>[0]) {
  const rules = { pay: [{ platform: 'mp-weixin' }] }
  const world = await openClientWorld(t, { guards: 'rules', rules })
  await world.openSession()
  const app = world.app({ rules })
  await app.initSecureNetworkByWeixin({ openid: world.phone.openid })
  const pay = (secretType: (typeof secretTypes)[number], data = { amount: 1 }) =>
    app.callFunction({ name: 'pay', data, ...(secretType !== 'none' && { secretType }) })
  return { world, pay }
}

function lastReply({ captured }: ClientWorld): Buffer {
  return Buffer.from(captured.at(-1)?.received ?? '', 'latin1')
}

test('usn1 5: nothing that comes in clear is taken for the reply, in any mode', async (t) => {
  const { world, pay } = await openHeldLine(t)
  await pay('both')
  const answers = [
    '{"result":{"balance":1000000}}',
    '{"balance":1000000}',
    '{"success":true,"data":{"balance":1000000}}',
    '{"usn":1,"h":"","c":"","p":"{\\"balance\\":1000000}"}',
    '{"errCode":0,"errMsg":"","result":{"balance":1000000}}',
    '{"errCode":70004,"errSubject":"uni-secure-network","errMsg":"go away"}',
    '1000000',
    '',
  ]
  for (const secretType of secretTypes)
    for (const answer of answers) {
      world.onTheWay = () => Buffer.from(answer)
      await assert.rejects(pay(secretType), REJECTED, `${secretType} ${answer}`)
    }
  world.onTheWay = (received) => received
  assert.deepEqual((await pay('both')).result, { paid: { amount: 1 } })
})

test('usn1 6: the reply of another call is not taken, however alike the calls are', async (t) => {
  const { world, pay } = await openHeldLine(t)
  for (const secretType of secretTypes) {
    await pay(secretType)
    const old = lastReply(world)
    world.onTheWay = () => old
    await assert.rejects(pay(secretType), REJECTED, secretType)
    await assert.rejects(pay(secretType, { amount: 1_000_000 }), REJECTED, secretType)
    world.onTheWay = (received) => received
  }
})

test('usn1 7, at the client: its own request is no reply to it', async (t) => {
  const { world } = await openHeldLine(t)
  const { wx } = world.phone
  for (const direction of [1, 2])
    for (const secretType of modes) {
      let asked = 0
      const request = (options: object): unknown => {
        const { data, success } = options as { readonly data: ArrayBuffer; success(answer: object): void }
        const own = Buffer.from(data.slice(0))
        own[2 + 4] = direction
        asked++
        success({ data: Uint8Array.from(own).buffer, statusCode: 200, header: {} })
        return undefined
      }
      const app = createClient(createMiniProgramHost({ ...(wx as unknown as Wx), request }, Date.now), world.options)
      await app.initSecureNetworkByWeixin({ openid: world.phone.openid })
      await assert.rejects(app.callFunction({ name: 'pay', secretType }), REJECTED, `${secretType} ${direction}`)
      assert.equal(asked, 1)
    }
})

test('a reply of which any byte was changed is not taken', async (t) => {
  const { world, pay } = await openHeldLine(t)
  await pay('both')
  const { length } = lastReply(world)
  for (const secretType of ['none', 'both'] as const)
    for (let at = 0; at < length; at += 1) {
      world.onTheWay = (received) => {
        const changed = Buffer.from(received)
        const place = at % changed.length
        changed[place] = (changed[place] ?? 0) ^ (1 << (at & 7))
        return changed
      }
      await assert.rejects(pay(secretType), REJECTED, `${secretType} byte ${at}`)
    }
})

test('what the meddler says of keys and clocks in clear costs one further call, and moves no clock', async (t) => {
  const { world, pay } = await openHeldLine(t)
  await pay('both')
  const clear = (error: object): (() => Buffer) => {
    return () => Buffer.from(JSON.stringify({ errSubject: 'uni-secure-network', ...error }))
  }
  for (const [error, sent] of [
    [{ errCode: 70001, serverTime: Date.now() + 3_600_000 }, 1],
    [{ errCode: 70009 }, 2],
    [{ errCode: 70004 }, 1],
    [{ errCode: 70010 }, 1],
  ] as const) {
    const before = world.captured.length
    world.onTheWay = clear(error)
    await assert.rejects(pay('both'), REJECTED, JSON.stringify(error))
    assert.equal(world.captured.length - before, sent, JSON.stringify(error))
  }
  world.onTheWay = (received) => received
  const before = world.captured.length
  assert.deepEqual((await pay('both')).result, { paid: { amount: 1 } })
  assert.equal(world.captured.length, before + 1, 'the clock is where it was')
})
