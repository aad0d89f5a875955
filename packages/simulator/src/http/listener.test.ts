import assert from 'node:assert/strict'
import { request } from 'node:https'
import { test } from 'node:test'
import { APPIDS, START, simulatorUnderTest } from '../simulator-under-test-fixture.ts'
import { createSimulator } from '../simulator.ts'
import { selfSigned } from './certificate-fixture.ts'

const mp = { grant_type: 'client_credential', appid: APPIDS.mp, secret: '1'.repeat(32) }

test('a port that is taken is named', async (t) => {
  const { url } = await simulatorUnderTest(t)
  const second = createSimulator()
  await assert.rejects(second.listen(Number(new URL(url).port)), {
    code: 'PORT_TAKEN',
    message: /Port \d+ on 127\.0\.0\.1 is in use/,
  })
})

test('a simulator that listens already says so, and one that was closed listens again', async (t) => {
  const { simulator } = await simulatorUnderTest(t)
  await assert.rejects(simulator.listen(), { code: 'ALREADY_LISTENING' })
  await simulator.close()
  const { port } = await simulator.start()
  assert.ok(port > 0)
})

test('closing does not wait for a stalled call', async (t) => {
  const { simulator, get } = await simulatorUnderTest(t)
  simulator.control.failures.inject({ kind: 'stall' })
  const asked = get('/cgi-bin/token', mp).then(
    () => 'answered',
    () => 'broken',
  )
  while (simulator.control.calls.count() === 0) await new Promise((resolve) => setTimeout(resolve, 2))
  await simulator.close()
  assert.ok(['answered', 'broken'].includes(await asked))
})

test("the Date header tells the simulator's time", async (t) => {
  const { get, simulator } = await simulatorUnderTest(t)
  assert.equal((await get('/cgi-bin/token', mp)).headers.get('date'), new Date(START).toUTCString())
  simulator.control.clock.advance(86_400_000)
  assert.equal((await get('/cgi-bin/token', mp)).headers.get('date'), new Date(START + 86_400_000).toUTCString())
})

test('a body beyond two megabytes is 413, and odd methods and escapes do no harm', async (t) => {
  const { url, post, get } = await simulatorUnderTest(t)
  assert.equal((await post('/cgi-bin/stable_token', {}, 'x'.repeat(3_000_000))).status, 413)
  assert.equal(
    (await fetch(`${url}/cgi-bin/token?appid=%zz&grant_type=client_credential`, { method: 'DELETE' })).status,
    200,
  )
  assert.equal((await fetch(`${url}/%zz`)).status, 404)
  assert.ok('access_token' in (await get('/cgi-bin/token', mp)).body)
})

test('with a certificate it serves HTTPS, and a TLS failure happens in the handshake', async (t) => {
  const tls = selfSigned()
  const { simulator, url } = await simulatorUnderTest(t, { tls })
  const ask = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const asked = request(`${url}/cgi-bin/token?${new URLSearchParams(mp).toString()}`, {
        ca: tls.cert,
        agent: false,
      })
      asked.on('response', (answer) => answer.setEncoding('utf8').on('data', resolve))
      asked.on('error', reject).end()
    })
  assert.match(url, /^https:/)
  assert.match(await ask(), /access_token/)
  simulator.control.failures.inject({ kind: 'tls-failure', count: 1 })
  await assert.rejects(ask(), /handshake failure/)
  assert.match(await ask(), /access_token/)
})
