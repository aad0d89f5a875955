import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rule, SecretType } from '@drawbridge/protocol'
import { openPeer } from '../peer-fixture.ts'

const here = { appId: '__UNI__PEER', platform: 'mp-weixin' }

const ruled: readonly (readonly [what: string, list: readonly Rule[], sent: SecretType])[] = [
  ['a rule that asks for both', [{ ...here, secretType: 'both' }], 'both'],
  ['a rule that asks for nothing', [here], 'none'],
  ['a rule for every app', [{ secretType: 'request' }], 'request'],
  ['the strictest of several rules', [here, { ...here, secretType: 'response' }], 'response'],
  ['rules for both directions', [{ secretType: 'request' }, { ...here, secretType: 'response' }], 'both'],
  ['rules of which one is another app’s', [here, { appId: '__UNI__OTHER', secretType: 'both' }], 'none'],
  ['rules of which one is another platform’s', [here, { platform: 'android', secretType: 'both' }], 'none'],
]

for (const [what, list, sent] of ruled)
  test(`a call that says nothing goes out as ${what} has it: ${sent}`, async () => {
    const peer = await openPeer({ rules: { 'pay, refund': list } })
    await peer.client.callFunction({ name: 'refund' })
    await peer.client.importObject('pay', { customUI: true })['go']?.()
    const types = peer.opened.map(({ request }) => request.header.secretType)
    assert.deepEqual(types, [sent, sent])
  })

test('what the app says goes out as it says, whatever the rules ask for', async () => {
  const peer = await openPeer({ rules: { pay: [{ ...here, secretType: 'both' }] } })
  for (const secretType of ['none', 'request'] as const) await peer.client.callFunction({ name: 'pay', secretType })
  const types = peer.opened.map(({ request }) => request.header.secretType)
  assert.deepEqual(types, ['none', 'request'])
})

test('a parameter that is wrong is 10002 with its name, and nothing is sent', async () => {
  const peer = await openPeer()
  const bogus = 'bogus' as SecretType
  const object = peer.client.importObject('o', { customUI: true, secretMethods: { '*': bogus } })
  const wrong: readonly (readonly [name: string, call: () => Promise<unknown> | undefined])[] = [
    ['secretType', () => peer.client.callFunction({ name: 'f', secretType: bogus })],
    ['secretType', () => peer.client.request({ url: '/a', secretType: bogus })],
    ['secretType', () => object['go']?.()],
    ['url', () => peer.client.request({ url: 'a' })],
  ]
  for (const [name, call] of wrong)
    await assert.rejects(() => call() ?? Promise.resolve(), {
      errCode: 10002,
      errMsg: `Missing or wrong: ${name}.`,
      errSubject: 'uni-secure-network',
    })
  assert.equal(peer.sent.length, 0)
})

test('what the server cannot seal is 10010, and its number is in the cause alone', async () => {
  const peer = await openPeer()
  for (const errCode of [60200, 60201, 70005, 70007, 70009]) {
    peer.refusal = { status: 403, error: { errCode, errSubject: 'uni-secure-network', errMsg: 'told' } }
    await assert.rejects(peer.client.callFunction({ name: 'f', secretType: 'both' }), {
      errCode: 10010,
      cause: { status: 403, errCode },
      requestId: 'r-1',
    })
  }
})
