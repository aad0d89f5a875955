import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createSignedClient } from '../flows/signed-client.ts'
import { clientInfo } from '../flows/stock-secure-message.ts'
import { openHostileWorld } from './secure-network-world.ts'

test('no key, no data, no token and nothing of the user’s is in a log line, a verdict or a refusal, whatever goes wrong', async (t) => {
  const at = Date.now()
  const marker = (name: string): string => `marker-${name}-${randomBytes(6).toString('hex')}`
  const [data, token] = [marker('data'), marker('token')]
  const world = await openHostileWorld(t, {
    rules: { guarded: [{ secretType: 'both' }], vault: [] },
    suites: { 'mp-weixin': [2] },
  })
  const { client, spaceId, wxAppid, server, phone } = world
  const key = await world.key()
  const app = server.bridge.apps.resolve(world.appId, 'weixin-mp')
  const kept = await server.bridge.get({ kind: 'session_key', app, openid: phone.openid })
  const { session_key: session } = (kept?.value ?? {}) as { readonly session_key?: string }
  assert.ok(session)
  const inside = { uniIdToken: token, clientInfo: { osName: 'android', appName: data } }
  const call = { target: 'f:who', key, data: { data }, inside } as const
  const told: unknown[] = []
  const good = client.seal(call)
  await client.send(good)
  told.push(await client.send(good))
  const rows: readonly object[] = [
    { ts: at - 600_000 },
    { suite: 1 },
    { target: 'f:guarded', secretType: 'request' },
    { target: 'f:nobody' },
    { target: 'db:' },
    { key: { ...key, version: 99 } },
    { key: { ...key, encryptKey: randomBytes(16).toString('base64') } },
    { appId: '__UNI__OTHER' },
    { subject: `${wxAppid}:made-up` },
    { inside: { ...inside, clientInfo: { appId: data } } },
    { inside: { ...inside, clientInfo: { deviceId: data } } },
    { inside: { ...inside, spaceId: 'other-space' } },
    { inside: { ...inside, more: data } },
    { inside: { ...inside, uniIdToken: [token] } },
  ]
  for (const row of rows)
    for (const form of ['binary', 'json'] as const) told.push(await client.call({ ...call, form, ...row }))
  const broken = client.seal({ ...call, secretType: 'none' })
  told.push(await client.send(broken, Buffer.concat([broken.bytes, Buffer.of(0)])))
  told.push(
    await client.plain({
      spaceId,
      target: 'f:guarded',
      data: { data },
      uniIdToken: token,
      clientInfo: { appId: '__UNI__X' },
    }),
  )
  told.push(await client.plain({ spaceId, target: 'f:nobody', data: { data }, uniIdToken: token }))
  told.push(await client.plain({ spaceId, target: 'f:who', data, uniIdToken: token }))
  const space = { provider: 'aliyun', endpoint: server.endpoint, spaceId, clientSecret: 'secure-client-secret' }
  const stock = createSignedClient(space, clientInfo)
  told.push(await stock.reply('guarded', { data }), await stock.reply('nobody', { data }))
  assert.ok(told.length > 30)
  const everything = JSON.stringify([told, server.lines, server.verdicts])
  const keyBytes = Buffer.from(key.encryptKey, 'base64')
  for (const secret of [data, token, key.encryptKey, keyBytes.toString('hex'), key.iv, session])
    assert.ok(
      !everything.includes(secret),
      `${secret} in ${everything.slice(Math.max(0, everything.indexOf(secret) - 200), everything.indexOf(secret) + 100)}`,
    )
  // Who called is told to the operator, and only by what names and opens nothing.
  assert.ok(server.verdicts.length >= rows.length)
  assert.ok(!JSON.stringify(server.verdicts).includes(phone.openid))
})
