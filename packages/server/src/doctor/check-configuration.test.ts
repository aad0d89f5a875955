import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { describe, it } from 'node:test'
import { loadConfig } from '../config/load-config.ts'
import { legacyWireWarning } from '../secure-network/legacy/legacy-limits.ts'
import { checkConfiguration } from './check-configuration.ts'
import { checkSpaces } from './check-spaces.ts'

const space = { spaceId: 'shop', clientSecret: { env: 'SHOP' } }

function load(config: object, more: Readonly<Record<string, string>> = {}) {
  const masterKey = Buffer.alloc(32, 7).toString('base64')
  const env = { NODE_ENV: 'production', DRAWBRIDGE_MASTER_KEY: masterKey, SHOP: 'compiled in', ...more }
  return loadConfig({ env, cwd: tmpdir(), configText: JSON.stringify({ spaces: [space], ...config }) })
}

function found(config: object, more?: Readonly<Record<string, string>>) {
  return checkConfiguration(load(config, more)).filter(({ state }) => state !== 'ok')
}

const SECRET = { TOKEN: 'a-long-and-random-token-secret' }
const identity = { tokenSecret: { env: 'TOKEN' } }

describe('the doctor’s look at the configuration of a production server', () => {
  it('finds nothing where there is nothing', () => {
    assert.deepEqual(found({ identity }, SECRET), [])
  })

  it('warns that nobody can log in where spaces have no token secret', () => {
    const [finding, ...others] = found({})
    assert.deepEqual([finding?.state, finding?.subject.endsWith(' identity'), others], ['warning', true, []])
    assert.match(finding?.en ?? '', /login is off/)
  })

  it('says at length what the legacy wire cannot do', () => {
    const secureNetwork = { mode: 'enforce', legacyWire: 'on', apps: [{ appId: '__UNI__A', platform: 'mp-weixin' }] }
    const [finding, ...others] = found({ identity, secureNetwork }, SECRET)
    assert.deepEqual(
      [finding?.state, finding?.en, finding?.zh, others],
      ['warning', legacyWireWarning.en, legacyWireWarning.zh, []],
    )
    assert.deepEqual(found({ identity, secureNetwork: { ...secureNetwork, legacyWire: 'off' } }, SECRET), [])
  })

  it('says it in development too, as no fault, and only where there are spaces to call', () => {
    const told = (config: object) =>
      found({ identity, ...config }, { ...SECRET, NODE_ENV: 'development' }).map(({ state, subject, en, zh }) => ({
        ...{ state, subject, en, zh },
      }))
    const note = { state: 'info', subject: 'secureNetwork.legacyWire', ...legacyWireWarning }
    assert.deepEqual(told({}), [note])
    assert.deepEqual(told({ secureNetwork: { legacyWire: 'on', apps: [{ appId: 'A', platform: 'ios' }] } }), [note])
    assert.deepEqual(told({ secureNetwork: { legacyWire: 'off', apps: [{ appId: 'A', platform: 'ios' }] } }), [])
    const app = { platform: 'weixin-mp', appid: 'wx1', secret: 's'.repeat(32) }
    assert.deepEqual(told({ spaces: [], apps: [app] }), [])
  })

  it('finds a space that has the server’s own Redis', () => {
    const config = { identity, spaces: [{ ...space, redisUrl: { env: 'OWN' } }], store: { redisUrl: { env: 'OWN' } } }
    const [finding] = found(config, { ...SECRET, OWN: 'redis://user:marker@localhost' })
    assert.deepEqual([finding?.state, finding?.subject.endsWith(' spaces[0].redisUrl')], ['error', true])
    assert.doesNotMatch(JSON.stringify(finding), /marker/)
  })

  it('tells which spaces no browser may call, as no fault', () => {
    const spaces = [space, { ...space, spaceId: 'site', origins: ['https://shop.example.com'] }]
    const { config } = load({ identity, spaces }, SECRET)
    assert.ok(config)
    assert.deepEqual(
      checkSpaces(config).map(({ state, subject }) => [state, subject]),
      [['ok', 'spaces shop']],
    )
  })
})
