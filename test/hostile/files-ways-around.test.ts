import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { SecureNetworkConfig } from '@drawbridge/server/testing'
import { createSecureClient } from '../flows/secure-call-client.ts'
import { openSecureWorld, resultOf } from '../flows/secure-call-world.ts'
import { createStockClient } from '../flows/stock-client.ts'
import { APP_ID, WX_APPID, openStockSecureWorld } from '../flows/stock-secure-world.ts'

const filePath = import.meta.filename
const sources = { http: 'refuse', timing: 'allow', function: 'allow', server: 'allow' } as const

async function open(t: TestContext, policy: Partial<SecureNetworkConfig>) {
  const { server, spaceId } = await openSecureWorld(t, policy, { files: { clientDelete: true } })
  const { endpoint } = server
  const space = { endpoint, spaceId, clientSecret: 'secure-client-secret' }
  const { uniCloud } = createStockClient({
    provider: 'dcloud',
    platform: 'mp-weixin',
    appId: '__UNI__SECURE',
    ...space,
  })
  const told = (): readonly string[] =>
    server.verdicts.map(({ wire, target, outcome, code, evidence }) =>
      [outcome, code ?? '', target, wire, evidence['source']].join(' '),
    )
  return { uniCloud, told }
}

type Opened = Awaited<ReturnType<typeof open>>

const upload = ({ uniCloud }: Opened): Promise<unknown> => uniCloud.uploadFile({ filePath, cloudPath: 'a.ts' })

const guarding: readonly (readonly [string, Partial<SecureNetworkConfig>])[] = [
  ['by its name', { guards: 'rules', rules: { 'drawbridge-files': [{}] } }],
  ['by a list of names', { guards: 'rules', rules: { 'pay, drawbridge-files': [{ secretType: 'both' }] } }],
  ['by a list that admits nobody', { guards: 'rules', rules: { 'drawbridge-files': [] } }],
  ['by "*"', { guards: 'rules', rules: { '*': [{}] } }],
  ['as everything is', { guards: 'all', rules: {} }],
]

for (const [how, policy] of guarding)
  test(`uniCloud’s own client is no way around where files are guarded ${how}`, async (t) => {
    const opened = await open(t, policy)
    const { uniCloud, told } = opened
    const fileList = ['https://x/files/secure-space/00000000000000000000000000000000/a.ts']
    await assert.rejects(upload(opened), { code: 'ENVELOPE_REQUIRED' })
    await assert.rejects(uniCloud.getTempFileURL({ fileList }), { code: 'ENVELOPE_REQUIRED' })
    await assert.rejects(uniCloud.deleteFile({ fileList }), { code: 'ENVELOPE_REQUIRED' })
    const refused = (method: string): string => `refused ENVELOPE_REQUIRED o:drawbridge-files/${method} files files`
    assert.deepEqual(told(), ['prepareUpload', 'getTempFileURL', 'deleteFile'].map(refused))
  })

test('nor does the object help it, called by its name', async (t) => {
  const { uniCloud } = await open(t, {
    guards: 'rules',
    rules: { 'drawbridge-files': [{}] },
    sources: { ...sources, files: 'allow' },
  })
  const files = uniCloud.importObject('drawbridge-files')
  await assert.rejects(async () => files['prepareUpload']?.({ cloudPath: 'a.ts' }), { errCode: 70008 })
})

test('it uploads where no rule guards files, and where the operator lets it', async (t) => {
  const rows: readonly (readonly [Partial<SecureNetworkConfig>, string])[] = [
    [{ guards: 'rules', rules: { pay: [{}] } }, 'admitted '],
    [{ guards: 'rules', rules: { 'drawbridge-files': [{}] }, sources: { ...sources, files: 'allow' } }, 'admitted '],
    [{ guards: 'all', sources: { ...sources, files: 'allow' } }, 'admitted '],
    [{ mode: 'off', guards: 'all' }, 'admitted '],
    [{ mode: 'monitor', rules: { 'drawbridge-files': [{}] } }, 'would-refuse ENVELOPE_REQUIRED'],
  ]
  for (const [policy, outcome] of rows) {
    const opened = await open(t, policy)
    await upload(opened)
    const methods = ['prepareUpload', 'reportUpload']
    const expected = methods.map((method) => `${outcome} o:drawbridge-files/${method} files files`)
    assert.deepEqual(opened.told(), expected, JSON.stringify(policy))
  }
})

test('a server as it is configured guards files, and gives its own client the keys of contents', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-configured-files-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const rules = { 'drawbridge-files': [{ secretType: 'both' }] }
  const world = await openStockSecureWorld(t, { rules }, { files: { folder } })
  const { endpoint, space, simulator } = world
  const stock = createStockClient({ provider: 'dcloud', platform: 'mp-weixin', endpoint, ...space })
  await assert.rejects(stock.uniCloud.uploadFile({ filePath, cloudPath: 'a.ts' }), { code: 'ENVELOPE_REQUIRED' })
  const openid = world.openid()
  const session = simulator.control.sessions.rotate({ appid: WX_APPID, openid })
  const { bridge } = world.server().replica
  const app = bridge.apps.resolve(APP_ID, 'weixin-mp')
  await bridge.set({ kind: 'session_key', app, openid }, { session_key: session })
  const key = simulator.control.userKeys.latest({ appid: WX_APPID, openid })
  const secure = { endpoint, spaceId: space.spaceId, appId: APP_ID, wxAppid: WX_APPID, openid, deviceId: 'd' }
  const client = createSecureClient(secure)
  const data = { params: [{ cloudPath: 'a.ts', secret: true }] }
  for (const suite of [1, 2] as const) {
    const call = { target: 'o:drawbridge-files/prepareUpload', key, data, suite, ts: world.now() }
    const { content } = resultOf(await client.call(call)) as { readonly content?: { readonly suite: number } }
    assert.equal(content?.suite, suite)
  }
})
