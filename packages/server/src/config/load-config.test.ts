import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { ConfigSources } from './load-config.ts'
import { demandConfig, loadConfig } from './load-config.ts'

const masterKey = Buffer.alloc(32, 7).toString('base64')
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-config-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(name: string, content: unknown): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content))
  return path
}

function load(sources: Partial<ConfigSources> = {}) {
  return loadConfig({ env: {}, cwd: folder, ...sources })
}

function codes(loaded: ReturnType<typeof load>, severity?: string): string[] {
  return loaded.mistakes
    .filter((mistake) => severity === undefined || mistake.severity === severity)
    .map(({ code, path }) => `${code} ${path}`.trim())
}

const center = 'uniCloud-aliyun/cloudfunctions/common/uni-config-center'
const uniId = {
  dcloudAppid: '__UNI__A',
  'mp-weixin': { oauth: { weixin: { appid: 'wx1', appsecret: 'from the project' } } },
}

describe('loading the configuration', () => {
  it('starts with defaults and one warning where there is nothing at all', () => {
    const loaded = load()
    assert.deepEqual(codes(loaded), ['APPS_NONE'])
    assert.ok(loaded.config)
    assert.equal(loaded.config.host, '127.0.0.1')
    assert.equal(loaded.config.port, 7400)
    assert.equal(loaded.config.store.sqlitePath, join(folder, '.drawbridge', 'drawbridge.db'))
  })

  it('takes the uniCloud project in the working directory as it is', () => {
    write(`${center}/uni-id/config.json`, uniId)
    const { config, files } = load()
    assert.equal(config?.apps[0]?.appid, 'wx1')
    assert.deepEqual(files, [join(folder, center, 'uni-id/config.json')])
  })

  it('lets the file win over the project, and the environment over the file', () => {
    write(`${center}/uni-id/config.json`, uniId)
    write(`${center}/uni-open-bridge/config.json`, { ipWhiteList: ['10.0.0.1'] })
    write('drawbridge.config.json', { port: 1111, host: '::1', callers: { allowList: ['10.0.0.2'] }, logLevel: 'warn' })
    const { config } = load({ env: { PORT: '2222', DRAWBRIDGE_LOG_LEVEL: 'ERROR' } })
    assert.ok(config)
    assert.equal(config.port, 2222)
    assert.equal(config.host, '::1')
    assert.equal(config.logLevel, 'error')
    assert.deepEqual(config.callers.allowList, ['10.0.0.2'])
  })

  it('adds switches to an app of the project by an entry without a secret', () => {
    write(`${center}/uni-id/config.json`, uniId)
    write('drawbridge.config.json', {
      apps: [{ platform: 'weixin-mp', appid: 'wx1', tokenEndpoint: 'legacy', tasks: ['accessToken'] }],
    })
    const { config, mistakes } = load()
    const app = {
      platform: 'weixin-mp',
      appid: 'wx1',
      secret: 'from the project',
      dcloudAppid: '__UNI__A',
      tokenEndpoint: 'legacy',
    }
    assert.ok(config)
    assert.deepEqual(config.apps, [app])
    assert.deepEqual(config.schedule, [{ app, task: 'accessToken' }])
    assert.deepEqual(mistakes, [])
  })

  it('replaces a secret of the project by the one in the file, and says that two places disagree', () => {
    write(`${center}/uni-id/config.json`, uniId)
    write('drawbridge.config.json', { apps: [{ platform: 'weixin-mp', appid: 'wx1', secret: { env: 'WX_SECRET' } }] })
    const loaded = load({ env: { WX_SECRET: 'from the environment' } })
    assert.deepEqual(
      loaded.config?.apps.map(({ secret, dcloudAppid }) => [secret, dcloudAppid]),
      [['from the environment', '__UNI__A']],
    )
    assert.deepEqual(codes(loaded, 'warning'), ['APP_SECRET_OVERRIDDEN apps[0].secret'])
  })

  it('refuses an app without a secret that the project does not know, and one app with two secrets', () => {
    write('drawbridge.config.json', {
      apps: [
        { platform: 'qq-mp', appid: '1105' },
        { platform: 'weixin-mp', appid: 'wx1', secret: 'a', dcloudAppid: 'A' },
        { platform: 'weixin-mp', appid: 'wx1', secret: 'b', dcloudAppid: 'B' },
        { platform: 'weixin-app', appid: 'wx2', secret: 'c', tasks: ['accessToken'] },
      ],
    })
    assert.deepEqual(codes(load(), 'error'), [
      'APP_UNKNOWN apps[0]',
      'APP_SECRETS_DIFFER apps[2].secret',
      'TASK_IMPOSSIBLE apps[3].tasks[0]',
    ])
  })

  it('takes secrets from variables and files, and names those that are missing', () => {
    write('secrets/wx', 'from a file\n')
    const apps = [
      { platform: 'weixin-mp', appid: 'wx1', secret: { file: 'secrets/wx' } },
      { platform: 'weixin-h5', appid: 'wx2', secret: { env: 'H5_SECRET' } },
    ]
    write('drawbridge.config.json', { apps })
    assert.deepEqual(
      load({ env: { H5_SECRET: 'from a variable' } }).config?.apps.map(({ secret }) => secret),
      ['from a file', 'from a variable'],
    )
    rmSync(join(folder, 'secrets/wx'))
    assert.deepEqual(codes(load(), 'error'), [
      'SECRET_FILE_MISSING apps[0].secret.file',
      'SECRET_ENV_MISSING apps[1].secret.env',
    ])
  })

  it('reports every mistake of the file at once, each with its line and what was probably meant', () => {
    write(
      'drawbridge.config.json',
      '{\n  // comments are fine\n  "prot": 1,\n  "port": "80",\n  "apps": [{ "platform": "weixin-mpp", "appid": "wx1", "secret": { "evn": "A" } }],\n}',
    )
    const loaded = load({ env: { PORT: 'eighty', DRAWBRIDGE_MASTERKEY: 'x' } })
    assert.deepEqual(loaded.mistakes.map(({ code, path, line }) => `${code} ${path} ${line ?? '-'}`).sort(), [
      'ENV_UNKNOWN DRAWBRIDGE_MASTERKEY -',
      'KEY_UNKNOWN prot 3',
      'VALUE_WRONG PORT -',
      'VALUE_WRONG apps[0].platform 5',
      'VALUE_WRONG apps[0].secret 5',
      'VALUE_WRONG port 4',
    ])
    assert.match(loaded.mistakes.map(({ en }) => en).join(), /Did you mean "port".*Did you mean "weixin-mp"/)
    assert.equal(loaded.config, undefined)
    assert.throws(
      () => demandConfig(loaded),
      (error) => error instanceof DrawbridgeError && error.code === 'CONFIG_INVALID',
    )
  })

  it('says of an appid or a secret that is a number to put it in quotes', () => {
    const space = { spaceId: 7, clientSecret: 1234567890 }
    write('drawbridge.config.json', {
      apps: [{ platform: 'qq-mp', appid: 1105000003, secret: 5, dcloudAppid: true }],
      spaces: [space],
    })
    const { mistakes } = load()
    assert.deepEqual(
      mistakes.map(({ code, path }) => `${code} ${path}`),
      [
        'QUOTES_MISSING apps[0].appid',
        'QUOTES_MISSING apps[0].secret',
        'VALUE_WRONG apps[0].dcloudAppid',
        'QUOTES_MISSING spaces[0].spaceId',
        'QUOTES_MISSING spaces[0].clientSecret',
      ],
    )
    assert.match(mistakes[0]?.remedyEn ?? '', /in quotes/)
    assert.doesNotMatch(JSON.stringify(mistakes), /1234567890/)
  })

  it('says of a file that somebody named and that is not there', () => {
    assert.deepEqual(codes(load({ configPath: 'other.json' }), 'error'), ['FILE_MISSING'])
    assert.deepEqual(codes(load({ uniConfigCenter: 'nowhere' }), 'error'), ['FOLDER_MISSING'])
  })

  it('says of a file that Windows saved as GBK or UTF-16', () => {
    write('drawbridge.config.json', Buffer.from([0x7b, 0x22, 0xd6, 0xd0, 0x22, 0x3a, 0x31, 0x7d]))
    assert.deepEqual(codes(load(), 'error'), ['FILE_NOT_UTF8'])
  })

  it('makes a master key in development, readable by its owner only, and finds it again', () => {
    const first = load().config?.masterKey
    const path = join(folder, '.drawbridge', 'master.key')
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.equal(first?.length, 32)
    assert.deepEqual(load().config?.masterKey, first)
  })

  it('refuses production without a master key, even where development has left one', () => {
    load()
    const loaded = load({ env: { NODE_ENV: 'production' } })
    assert.deepEqual(codes(loaded, 'error'), ['MASTER_KEY_MISSING DRAWBRIDGE_MASTER_KEY'])
    assert.equal(loaded.config, undefined)
  })

  it('takes the master key in base64 or hex, from the variable or from a file, and no other length', () => {
    const hex = write('key', Buffer.alloc(32, 7).toString('hex') + '\n')
    for (const env of [{ DRAWBRIDGE_MASTER_KEY: masterKey }, { DRAWBRIDGE_MASTER_KEY_FILE: hex }]) {
      assert.deepEqual(Buffer.from(load({ env }).config?.masterKey ?? []), Buffer.alloc(32, 7))
    }
    const short = Buffer.alloc(16, 7).toString('base64')
    assert.deepEqual(codes(load({ env: { DRAWBRIDGE_MASTER_KEY: short } }), 'error'), [
      'MASTER_KEY_WRONG DRAWBRIDGE_MASTER_KEY',
    ])
  })

  it('is strict in production: no short connect code, no range of everyone; clear HTTP and clear secrets are told', () => {
    write('drawbridge.config.json', {
      production: true,
      host: '0.0.0.0',
      apps: [{ platform: 'weixin-mp', appid: 'wx1', secret: 'in clear' }],
      callers: { allowList: ['0.0.0.0/0'], s2s: { type: 'connectCode', connectCode: 'short' } },
    })
    const loaded = load({ env: { DRAWBRIDGE_MASTER_KEY: masterKey } })
    assert.deepEqual(codes(loaded, 'error'), [
      'OPEN_TO_ALL callers.allowList[0]',
      'S2S_SECRET_SHORT callers.s2s.connectCode',
    ])
    assert.deepEqual(codes(loaded, 'warning'), [
      'SECRET_IN_CLEAR apps[0].secret',
      'PLAIN_HTTP host',
      'SECRET_IN_CLEAR callers.s2s.connectCode',
    ])
    const relaxed = load({ env: { DRAWBRIDGE_MASTER_KEY: masterKey }, production: false })
    assert.deepEqual(codes(relaxed, 'error'), [])
  })

  it('never puts a secret into a mistake', () => {
    const marker = 'MARKER-5a1f'
    write(`${center}/uni-id/config.json`, [
      { dcloudAppid: 'A', 'mp-weixin': { oauth: { weixin: { appid: 'wx1', appsecret: `${marker}1` } } } },
      { dcloudAppid: 'B', 'mp-weixin': { oauth: { weixin: { appid: 'wx1', appsecret: `${marker}2` } } } },
    ])
    write(`${center}/uni-cloud-s2s/config.json`, { type: 'connectCode', connectCode: marker, connectcode: marker })
    write('drawbridge.config.json', {
      production: true,
      apps: [
        { platform: 'weixin-mp', appid: 'wx1', secret: marker },
        { platform: 'qq-mp', appid: 'q', secret: [marker] },
      ],
      masterKey: marker,
    })
    const loaded = load({ env: { DRAWBRIDGE_MASTER_KEY: marker } })
    assert.ok(loaded.mistakes.length >= 3)
    assert.doesNotMatch(JSON.stringify(loaded.mistakes), new RegExp(marker))
  })

  it('ships a JSON Schema that is the one it checks with', async () => {
    const { configFileJsonSchema } = await import('./config-file-schema.ts')
    const shipped = readFileSync(new URL('../../data/drawbridge.config.schema.json', import.meta.url), 'utf8')
    assert.deepEqual(JSON.parse(shipped), JSON.parse(configFileJsonSchema()))
  })
})
