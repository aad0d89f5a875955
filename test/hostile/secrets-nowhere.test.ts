import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { ownRedisTest } from '@drawbridge/bridge/testing'
import type { OwnRedis } from '@drawbridge/bridge/testing'
import { createSimulator } from '@drawbridge/simulator'
import type { Simulator } from '@drawbridge/simulator'
import { runDrawbridge, startDrawbridge } from '../flows/drawbridge-process.ts'
import type { DrawbridgeServer, Surroundings } from '../flows/drawbridge-process.ts'

const marker = (name: string): string => `${name}Marker${randomBytes(12).toString('hex')}`

const mp = { platform: 'weixin-mp', appid: 'wx00000000secret01' }
const h5 = { platform: 'weixin-h5', appid: 'wx00000000secret02' }
const openid = 'openid-of-a-user'

/** Everything that must be found nowhere; what the platform gives is added while the scene runs. */
function plantedSecrets() {
  return {
    mpSecret: marker('mpsecret'),
    h5Secret: marker('h5secret'),
    userToken: marker('usertoken'),
    refreshToken: marker('refreshtoken'),
    sessionKey: Buffer.from(marker('session')).toString('base64'),
    encryptKey: marker('encryptkey'),
    encryptIv: marker('encryptiv'),
    connectCode: marker('connectcode'),
    signingKey: Buffer.from(marker('signing')).toString('base64'),
    masterKey: randomBytes(32).toString('base64'),
    bearer: '',
  }
}

type Secrets = ReturnType<typeof plantedSecrets>

interface Scene {
  readonly secrets: Secrets
  readonly found: string[]
  readonly server: DrawbridgeServer
  readonly simulator: Simulator
  readonly where: Surroundings
  readonly folder: string
}

/** A place that may hold no secret, and what stands there. */
type Place = readonly [name: string, content: Buffer | string]

ownRedisTest(
  'after a busy day no secret is found in anything that is written, answered or stored',
  async (redis, t) => {
    const traffic = await overheard(t, redis)
    const scene = await openScene(t, redis)
    const answers = [...(await goodDay(scene)), ...(await badDay(scene))]
    const places: Place[] = [...answers, ...(await operatorsLook(scene))]
    await scene.server.stop()
    places.push(['the log', scene.server.written()])
    for (const name of readdirSync(join(scene.folder, 'data'))) {
      places.push([name, readFileSync(join(scene.folder, 'data', name))])
    }
    await ask(redis, 'CONFIG', 'SET', 'rdbcompression', 'no')
    await ask(redis, 'SAVE')
    const dir = /\$\d+\r\ndir\r\n\$\d+\r\n(.*)\r\n/.exec(await ask(redis, 'CONFIG', 'GET', 'dir'))?.[1]
    places.push(['the dump of Redis', readFileSync(join(dir ?? '', 'dump.rdb'))], ['what Redis was told', traffic()])

    assertTheSceneWasBusy(places)
    const leaks = places.flatMap(([name, content]) => {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content
      return [...Object.entries(scene.secrets), ...scene.found.map((one) => ['of the platform', one] as const)]
        .filter(([, secret]) => forms(secret).some((form) => bytes.includes(form)))
        .map(([secret]) => `${secret} in ${name}`)
    })
    assert.deepEqual([...new Set(leaks)], [])
  },
)

/** As it is, and in the encodings that something might have put it into. */
function forms(secret: string): readonly Buffer[] {
  assert.ok(secret.length >= 16, 'a secret that could stand anywhere by chance proves nothing')
  const bytes = Buffer.from(secret)
  const written = [
    secret,
    encodeURIComponent(secret),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('hex'),
  ]
  // Keys are written in base64, and are 32 other bytes.
  const raw = /^[A-Za-z0-9+/]{43}=$/.test(secret) ? [Buffer.from(secret, 'base64')] : []
  return [...written.map((one) => Buffer.from(one)), ...raw]
}

async function openScene(t: TestContext, redis: OwnRedis): Promise<Scene> {
  const secrets = plantedSecrets()
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-secrets-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const simulator = createSimulator({
    seed: 'secrets',
    apps: [
      { appid: mp.appid, secret: secrets.mpSecret, type: 'mp' },
      { appid: h5.appid, secret: secrets.h5Secret, type: 'oa' },
    ],
  })
  t.after(() => simulator.close())
  const { url } = await simulator.listen()
  const config = {
    apps: [
      { ...mp, secret: { env: 'MP_SECRET' }, dcloudAppid: '__UNI__SECRETS', tasks: ['accessToken'] },
      { ...h5, secret: { env: 'H5_SECRET' }, dcloudAppid: '__UNI__SECRETS', tasks: ['accessToken', 'ticket'] },
    ],
    dataDir: 'data',
    store: { redisUrl: redis.url },
    callers: {
      s2s: { type: 'connectCode', connectCode: { env: 'CONNECT_CODE' } },
      signing: [
        { keyId: 'backend', algorithm: 'hmac-sha256', key: { env: 'SIGNING_KEY' }, scopes: ['*:access_token:read'] },
      ],
    },
    upstream: { weixin: url, qq: url, graphQq: url, timeoutMs: 500 },
    logLevel: 'debug',
  }
  writeFileSync(join(folder, 'drawbridge.config.json'), JSON.stringify(config))
  const where: Surroundings = {
    cwd: folder,
    env: {
      DRAWBRIDGE_MASTER_KEY: secrets.masterKey,
      MP_SECRET: secrets.mpSecret,
      H5_SECRET: secrets.h5Secret,
      CONNECT_CODE: secrets.connectCode,
      SIGNING_KEY: secrets.signingKey,
    },
  }
  const made = await runDrawbridge(['tokens', 'create', 'all', '--scope', '*:*:*', '--json'], where)
  assert.equal(made.code, 0, made.err)
  secrets.bearer = (JSON.parse(made.out) as { token: string }).token
  const server = await startDrawbridge(where)
  t.after(() => server.stop())
  return { secrets, found: [], server, simulator, where, folder }
}

/** Calls the server; a value that was asked for is for the reader, everything else must be fit for anyone. */
async function call(
  { server, secrets }: Scene,
  method: string,
  path: string,
  { body, headers }: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<{ readonly status: number; readonly text: string; readonly place: Place }> {
  const response = await fetch(server.endpoint + path, {
    method,
    headers: headers ?? { authorization: `Bearer ${secrets.bearer}` },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const shown = `${JSON.stringify([...response.headers])}\n${text}`
  return { status: response.status, text, place: [`the answer to ${method} ${path.slice(0, 60)}`, shown] }
}

const pathOf = ({ platform, appid }: typeof mp): string => `/v1/apps/${platform}/${appid}`
const ofUser = `${pathOf(mp)}/users/${openid}`

/** Reads and writes that go well. */
async function goodDay(scene: Scene): Promise<readonly Place[]> {
  const { secrets, found } = scene
  const written: Place[] = []
  const values: readonly (readonly [string, object])[] = [
    [`${ofUser}/session-key`, { session_key: secrets.sessionKey }],
    [`${ofUser}/encrypt-keys/7`, { encrypt_key: secrets.encryptKey, iv: secrets.encryptIv }],
    [`${ofUser}/access-token`, { access_token: secrets.userToken, refresh_token: secrets.refreshToken }],
  ]
  for (const [path, value] of values) {
    const put = await call(scene, 'PUT', path, { body: { value, expiresIn: 3600 } })
    assert.equal(put.status, 204, put.text)
    written.push(put.place)
    const read = await call(scene, 'GET', path)
    assert.deepEqual((JSON.parse(read.text) as { value: unknown }).value, value)
  }
  const reads = [`${pathOf(mp)}/access-token`, `${pathOf(h5)}/access-token`, `${pathOf(h5)}/tickets/jsapi`]
  for (const path of reads) {
    const { value } = JSON.parse((await call(scene, 'GET', path)).text) as { value: Record<string, string> }
    found.push(value['access_token'] ?? value['ticket'] ?? assert.fail(path))
  }
  const s2s = await call(scene, 'POST', '/uni-open-bridge/getSessionKey', {
    headers: { 'Unicloud-S2s-Authorization': `CONNECTCODE ${secrets.connectCode}` },
    body: { platform: mp.platform, openid },
  })
  assert.deepEqual(JSON.parse(s2s.text), { session_key: secrets.sessionKey })
  return written
}

/** Mistakes of callers that hold secrets, and a platform that fails and repeats what it was told. */
async function badDay(scene: Scene): Promise<readonly Place[]> {
  const { secrets, simulator, found } = scene
  const all = Object.values(secrets).join(' ')
  const mistakes = [
    call(scene, 'PUT', `${ofUser}/session-key`, { body: `{"value":{"session_key":"${secrets.sessionKey}"` }),
    call(scene, 'PUT', `${ofUser}/session-key`, { body: { value: secrets.sessionKey } }),
    call(scene, 'PUT', `${ofUser}/session-key`, { body: { value: { session_key: 1 }, [secrets.sessionKey]: all } }),
    call(scene, 'PUT', `${ofUser}/session-key`, { body: { value: { session_key: 'x' }, expiresIn: all } }),
    call(scene, 'PUT', `${pathOf(mp)}/access-token`, { body: { value: [secrets.userToken] } }),
    call(scene, 'POST', `${pathOf(mp)}/access-token/report-invalid`, { body: { value: secrets.userToken } }),
    call(scene, 'POST', `${pathOf(mp)}/access-token/report-invalid`, { body: { value: { secret: all } } }),
    call(scene, 'GET', `/v1/credentials?appid=${secrets.mpSecret}&limit=${secrets.userToken}`),
    call(scene, 'GET', `${pathOf(mp)}/access-token`, { headers: { authorization: `Bearer ${secrets.bearer}x` } }),
    call(scene, 'GET', `${pathOf(mp)}/access-token`, { headers: { authorization: `Basic ${secrets.signingKey}` } }),
    ...['setSessionKey', 'setEncryptKey', 'getEncryptKey', 'setAccessToken'].flatMap((name) => [
      call(scene, 'POST', `/uni-open-bridge/${name}`, { body: `{"value":"${all}` }),
      call(scene, 'POST', `/uni-open-bridge/${name}`, {
        body: { platform: mp.platform, openid, version: secrets.encryptKey, value: all, expiresIn: all },
      }),
      call(scene, 'POST', `/uni-open-bridge/${name}`, {
        headers: { 'Unicloud-S2s-Authorization': `CONNECTCODE ${secrets.connectCode}x` },
        body: { platform: mp.platform, openid, value: { session_key: secrets.sessionKey } },
      }),
    ]),
  ]
  const { failures } = simulator.control
  const places = (await Promise.all(mistakes)).map(({ place }) => place)

  const refreshes = [
    `${pathOf(mp)}/access-token/refresh`,
    `${pathOf(h5)}/access-token/refresh`,
    `${pathOf(h5)}/tickets/jsapi/refresh`,
    `${ofUser}/encrypt-keys/8/refresh`,
    `${ofUser}/access-token/refresh`,
  ]
  const echoes = [secrets.mpSecret, secrets.h5Secret, ...found].map((secret) => ({
    kind: 'errcode' as const,
    errcode: 40125,
    errmsg: `invalid appsecret or token: ${secret}, hint: [${secret.slice(0, 40)}] rid: 1-2-3`,
  }))
  const silences = (['bad-gateway', 'truncated-json', 'reset-after-headers'] as const).map((kind) => ({ kind }))
  for (const failure of [...silences, ...echoes]) {
    failures.inject(failure)
    for (const path of refreshes) places.push((await call(scene, 'POST', path)).place)
    failures.clear()
  }
  return places
}

/** All that an operator may read, over HTTP and by the command line; while the platform's last words are still known. */
async function operatorsLook(scene: Scene): Promise<readonly Place[]> {
  const places: Place[] = []
  for (const path of ['/metrics', '/readyz', '/v1/audit?limit=500', '/v1/credentials', '/v1/tokens', '/openapi.json']) {
    const { status, place } = await call(scene, 'GET', path)
    assert.equal(status, 200, path)
    places.push(place)
  }
  const commands = ['credentials ls', 'credentials ls --json', 'tokens ls --json', 'doctor', 'doctor --json']
  for (const line of commands) {
    const { out, err } = await runDrawbridge(line.split(' '), scene.where)
    places.push([`drawbridge ${line}`, out + err])
  }
  return places
}

/** That nothing is found means something only where there was something to find. */
function assertTheSceneWasBusy(places: readonly Place[]): void {
  const at = (name: string): string => {
    const content = places.find(([one]) => one === name)?.[1] ?? assert.fail(`there is no ${name}`)
    return content.toString()
  }
  assert.ok(at('the log').split('"refresh failed"').length > 10, 'failures are logged')
  assert.match(at('drawbridge credentials ls --json'), /"outcome": ?"failed"/)
  assert.match(at('drawbridge doctor'), /40125.*invalid appsecret or token: …/)
  assert.match(at('the dump of Redis'), new RegExp(`drawbridge:uni-id:weixin-mp:${mp.appid}:${openid}:session-key`))
  assert.match(at('what Redis was told'), /evalsha|eval/i)
  assert.match(at('drawbridge.db'), new RegExp(`uni-id:weixin-mp:${mp.appid}:${openid}:session-key`))
  assert.match(at('audit.db'), new RegExp(openid))
}

/** Everything that anybody tells Redis from now on, as its MONITOR shows it. */
async function overheard(t: TestContext, redis: OwnRedis): Promise<() => string> {
  const socket = connect(redis.port, '127.0.0.1')
  t.after(() => socket.destroy())
  let heard = ''
  socket.on('data', (data) => (heard += data.toString('latin1')))
  socket.write('*1\r\n$7\r\nMONITOR\r\n')
  await once(socket, 'data')
  return () => heard
}

async function ask(redis: OwnRedis, ...words: readonly string[]): Promise<string> {
  const socket = connect(redis.port, '127.0.0.1')
  socket.write(`*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return answer.toString()
}
