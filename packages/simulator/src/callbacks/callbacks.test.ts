import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decryptCallback, encryptCallback } from '../crypto/encrypt-callback.ts'
import type { OpenedCallback } from '../crypto/encrypt-callback.ts'
import { sortedSha1 } from '../crypto/sorted-sha1.ts'
import { APPIDS, simulatorUnderTest } from '../simulator-under-test-fixture.ts'
import type { CallbackConfig } from './callback-config.ts'
import { receiver } from './receiver-fixture.ts'
import type { Received } from './receiver-fixture.ts'
import { fromXml, toXml } from './xml.ts'

const token = 'AAAAA'
const encodingAesKey = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG'
const message = { ToUserName: 'gh_97417a04a28d', FromUserName: 'o9AgO5Kd5ggOC-bXrbNODIiE3bGY', MsgType: '文本' }

const queryOf = ({ url }: Received): URLSearchParams => new URL(url, 'http://x').searchParams
const isSigned = (request: Received): boolean => {
  const query = queryOf(request)
  return sortedSha1([token, query.get('timestamp') ?? '', query.get('nonce') ?? '']) === query.get('signature')
}

describe('pushes', () => {
  test('an address is good when it returns the bare echostr', async (t) => {
    const { simulator } = await simulatorUnderTest(t)
    const { apps, callbacks } = simulator.control
    const good = await receiver((request) => (isSigned(request) ? (queryOf(request).get('echostr') ?? '') : 'no'))
    const bad = await receiver((request) => JSON.stringify(queryOf(request).get('echostr')))
    t.after(() => Promise.all([good.close(), bad.close()]))
    const callback = (url: string): CallbackConfig => ({ url, token, mode: 'clear', format: 'json' })
    await assert.rejects(callbacks.verify(APPIDS.mp), { code: 'CALLBACK_UNCONFIGURED' })
    apps.change(APPIDS.mp, { callback: callback(good.url) })
    assert.equal(await callbacks.verify(APPIDS.mp), true)
    apps.change(APPIDS.mp, { callback: callback(bad.url) })
    assert.equal(await callbacks.verify(APPIDS.mp), false)
  })

  for (const format of ['json', 'xml'] as const) {
    test(`a safe ${format} push opens with the key, and its encrypted reply is read`, async (t) => {
      const { simulator } = await simulatorUnderTest(t)
      const read = (text: string): Readonly<Record<string, unknown>> =>
        format === 'json' ? (JSON.parse(text) as Record<string, unknown>) : fromXml(text)
      const opened: OpenedCallback[] = []
      const server = await receiver((request) => {
        const query = queryOf(request)
        const Encrypt = String(read(request.body.toString())['Encrypt'])
        const signed = [token, query.get('timestamp') ?? '', query.get('nonce') ?? '', Encrypt]
        assert.equal(isSigned(request), true)
        assert.equal(sortedSha1(signed), query.get('msg_signature'))
        opened.push(decryptCallback(encodingAesKey, Encrypt))
        const reply = encryptCallback(encodingAesKey, {
          random: '707722b803182950',
          message: '{"demo_resp":"good luck"}',
          appid: APPIDS.mp,
        })
        const own = { Encrypt: reply, TimeStamp: 1_713_424_427, Nonce: '415670741' }
        const whole = { ...own, MsgSignature: sortedSha1([token, String(own.TimeStamp), own.Nonce, reply]) }
        return format === 'json' ? JSON.stringify(whole) : toXml(whole)
      })
      t.after(() => server.close())
      simulator.control.apps.change(APPIDS.mp, {
        callback: { url: server.url, token, encodingAesKey, mode: 'safe', format },
      })
      const deliveries = await simulator.control.callbacks.push(APPIDS.mp, message)
      assert.deepEqual(
        deliveries.map(({ accepted, reply }) => [accepted, reply]),
        [[true, '{"demo_resp":"good luck"}']],
      )
      const [only] = opened
      assert.ok(only)
      assert.equal(only.appid, APPIDS.mp)
      assert.deepEqual({ ...read(only.message) }, message)
    })
  }

  test('what is not taken is delivered three times more', async (t) => {
    const { simulator } = await simulatorUnderTest(t)
    let calls = 0
    const server = await receiver(() => ((calls += 1) < 3 ? { status: 500 } : 'success'))
    t.after(() => server.close())
    simulator.control.apps.change(APPIDS.mp, { callback: { url: server.url, token, mode: 'clear', format: 'json' } })
    const deliveries = await simulator.control.callbacks.push(APPIDS.mp, message)
    assert.deepEqual(
      deliveries.map((delivery) => delivery.accepted),
      [false, false, true],
    )
    calls = -100
    assert.equal((await simulator.control.callbacks.push(APPIDS.mp, message)).length, 4)
    assert.deepEqual(JSON.parse(server.received[0]?.body.toString() ?? ''), message)
  })

  test('a server that says nothing for five seconds has not taken it', async (t) => {
    const { simulator } = await simulatorUnderTest(t)
    const server = await receiver(() => undefined)
    t.after(() => server.close())
    simulator.control.apps.change(APPIDS.mp, { callback: { url: server.url, token, mode: 'clear', format: 'json' } })
    const pushed = simulator.control.callbacks.push(APPIDS.mp, message)
    for (let n = 1; n <= 4; n += 1) {
      while (server.received.length < n) await new Promise((resolve) => setTimeout(resolve, 2))
      simulator.control.clock.advance(5_000)
    }
    assert.deepEqual(
      (await pushed).map((delivery) => delivery.status),
      [0, 0, 0, 0],
    )
  })
})
