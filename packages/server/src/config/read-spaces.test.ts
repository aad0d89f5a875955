import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { ConfigSources, LoadedConfig } from './load-config.ts'
import { configFileName, loadConfig } from './load-config.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-spaces-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(name: string, content: unknown): void {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
}

function load(spaces: readonly object[], sources: Partial<ConfigSources> = {}, more: object = {}): LoadedConfig {
  write(configFileName, { ...more, spaces })
  return loadConfig({ env: {}, cwd: folder, ...sources })
}

function codes({ mistakes }: LoadedConfig): string[] {
  return mistakes.map(({ severity, code, path }) => `${severity} ${code} ${path}`)
}

describe('the spaces of the configuration', () => {
  it('have defaults for all but id and secret, and make an app unnecessary', () => {
    const loaded = load([{ spaceId: 'shop', clientSecret: 'compiled in' }])
    assert.deepEqual(codes(loaded), [])
    assert.deepEqual(loaded.config?.spaces, [
      {
        spaceId: 'shop',
        clientSecret: 'compiled in',
        origins: [],
        provider: 'aliyun',
        workers: { max: 4, memoryMb: 256, timeoutSeconds: 10, queueMax: 1000 },
        environment: {},
      },
    ])
  })

  it('are read with all that they may say, secrets looked up', () => {
    write('uniCloud-aliyun/cloudfunctions/hello/index.js', '')
    write('uniCloud-alipay/cloudfunctions/hello/index.js', '')
    const app = { platform: 'weixin-mp', appid: 'wx1', secret: 's', dcloudAppid: '__UNI__A' }
    const loaded = load(
      [
        {
          spaceId: 'shop',
          clientSecret: { env: 'SHOP_SECRET' },
          origins: ['https://shop.example.com', 'http://localhost:5173', '*'],
          functions: '.',
          provider: 'alipay',
          dcloudAppids: ['__UNI__A'],
          workers: { max: 2, uid: 1000, gid: 1000 },
          redisUrl: { env: 'SHOP_REDIS' },
          environment: { MODE: 'plain', KEY: { env: 'SHOP_KEY' } },
        },
      ],
      { env: { SHOP_SECRET: 'c', SHOP_REDIS: 'redis://r', SHOP_KEY: 'k' } },
      { apps: [app] },
    )
    assert.deepEqual(codes(loaded), [])
    assert.deepEqual(loaded.config?.spaces, [
      {
        spaceId: 'shop',
        clientSecret: 'c',
        origins: ['https://shop.example.com', 'http://localhost:5173', '*'],
        provider: 'alipay',
        functionsFolder: join(folder, 'uniCloud-alipay/cloudfunctions'),
        dcloudAppids: ['__UNI__A'],
        workers: { max: 2, memoryMb: 256, timeoutSeconds: 10, queueMax: 1000, uid: 1000, gid: 1000 },
        redisUrl: 'redis://r',
        environment: { MODE: 'plain', KEY: 'k' },
      },
    ])
  })

  it('find their functions by the folder itself, by the project, and by any folder that holds functions', () => {
    write('project/uniCloud/cloudfunctions/hello/index.js', '')
    write('plain/todo/index.obj.js', '')
    const own = join(folder, 'project/uniCloud/cloudfunctions')
    for (const [says, found] of [
      ['project/uniCloud/cloudfunctions', own],
      ['project/uniCloud', own],
      ['./project', own],
      ['plain', join(folder, 'plain')],
    ] as const) {
      const { config } = load([{ spaceId: 's', clientSecret: 'c', functions: says }])
      assert.equal(config?.spaces[0]?.functionsFolder, found, says)
    }
  })

  it('are refused with every mistake named at its place', () => {
    write('empty/readme.md', '')
    const space = { spaceId: 's', clientSecret: 'c' }
    const rows: readonly (readonly [spaces: readonly object[], ...mistakes: readonly string[]])[] = [
      [[space, { ...space, clientSecret: 'd' }], 'error SPACE_REPEATED spaces[1].spaceId'],
      [[{ ...space, functions: 'nowhere' }], 'error SPACE_FOLDER_MISSING spaces[0].functions'],
      [[{ ...space, functions: 'empty' }], 'error SPACE_FOLDER_MISSING spaces[0].functions'],
      [[{ ...space, origins: ['shop.example.com'] }], 'error ORIGIN_WRONG spaces[0].origins[0]'],
      [[{ ...space, origins: ['https://a.example/'] }], 'error ORIGIN_WRONG spaces[0].origins[0]'],
      [[{ ...space, origins: ['https://*.example.com'] }], 'error ORIGIN_WRONG spaces[0].origins[0]'],
      [[{ ...space, origins: ['https://a.example:443'] }], 'error ORIGIN_WRONG spaces[0].origins[0]'],
      [
        [{ ...space, origins: ['null', 'file://x'] }],
        'error ORIGIN_WRONG spaces[0].origins[0]',
        'error ORIGIN_WRONG spaces[0].origins[1]',
      ],
      [[{ ...space, workers: { uid: 1 } }], 'error WORKER_USER_PARTIAL spaces[0].workers'],
      [[{ ...space, clientSecret: { env: 'ABSENT' } }], 'error SECRET_ENV_MISSING spaces[0].clientSecret.env'],
      [[{ ...space, spaceId: 'a b' }], 'error VALUE_WRONG spaces[0].spaceId'],
      [[{ ...space, spaceID: 's' }], 'error KEY_UNKNOWN spaces[0].spaceID'],
      [[{ ...space, provider: 'aliyn' }], 'error VALUE_WRONG spaces[0].provider'],
      [[{ ...space, workers: { max: 0 } }], 'error VALUE_WRONG spaces[0].workers.max'],
      [[{ ...space, environment: { 'A-B': 'x' } }], 'error KEY_UNKNOWN spaces[0].environment.A-B'],
      [[{ spaceId: 's' }], 'error KEY_MISSING spaces[0].clientSecret'],
    ]
    for (const [spaces, ...mistakes] of rows) {
      const loaded = load(spaces)
      assert.deepEqual(codes(loaded), mistakes)
      assert.equal(loaded.config, undefined)
    }
  })

  it('start with a warning where an app is unknown, or where production opens them to every page', () => {
    const space = { spaceId: 's', clientSecret: { env: 'S' }, dcloudAppids: ['__UNI__X'], origins: ['*'] }
    const loaded = load([space], {
      env: { S: 's', NODE_ENV: 'production', DRAWBRIDGE_MASTER_KEY: Buffer.alloc(32, 7).toString('base64') },
    })
    assert.deepEqual(codes(loaded), [
      'warning ORIGIN_ANY spaces[0].origins[0]',
      'warning SPACE_APPID_UNKNOWN spaces[0].dcloudAppids[0]',
      'warning TOKEN_SECRET_MISSING identity',
    ])
    assert.ok(loaded.config)
  })

  it('are refused the server’s own Redis, and warned of another database of it', () => {
    const own = 'redis://localhost:6379'
    const rows: readonly (readonly [space: string, ...mistakes: readonly string[]])[] = [
      ['redis://localhost:6379', 'error SPACE_REDIS_OWN spaces[0].redisUrl'],
      ['redis://default:secret@127.0.0.1/0', 'error SPACE_REDIS_OWN spaces[0].redisUrl'],
      ['redis://localhost/1', 'warning SPACE_REDIS_NEAR spaces[0].redisUrl'],
      ['redis://shop:secret@localhost/0'],
      ['redis://localhost:6380'],
      ['redis://elsewhere'],
    ]
    for (const [redisUrl, ...mistakes] of rows) {
      const space = { spaceId: 's', clientSecret: 'c', redisUrl }
      assert.deepEqual(codes(load([space], {}, { store: { redisUrl: own } })), mistakes, redisUrl)
      assert.deepEqual(codes(load([space], { env: { DRAWBRIDGE_REDIS_URL: own } })), mistakes, redisUrl)
      assert.deepEqual(codes(load([space])), [], redisUrl)
    }
  })

  it('show how an origin that is almost one should be written', () => {
    const { mistakes } = load([{ spaceId: 's', clientSecret: 'c', origins: ['https://Shop.example.com/'] }])
    assert.match(mistakes[0]?.en ?? '', /Did you mean "https:\/\/shop\.example\.com"\?$/)
  })
})
