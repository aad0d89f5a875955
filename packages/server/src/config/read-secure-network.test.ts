import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { App } from '@drawbridge/bridge'
import { createReport } from './mistake.ts'
import { placeWithoutText } from './place.ts'
import { readSecureNetwork } from './read-secure-network.ts'
import type { SecureNetworkInFile } from './secure-network-schema.ts'

const app: App = { platform: 'weixin-mp', appid: 'wx1', secret: 's', dcloudAppid: 'A', tokenEndpoint: 'stable' }
const apps: readonly App[] = [
  app,
  { ...app, appid: 'wx2', dcloudAppid: '*' },
  { ...app, platform: 'weixin-h5', appid: 'wx3' },
]

function read(says?: SecureNetworkInFile, production = false) {
  const { report, mistakes } = createReport()
  const place = placeWithoutText('drawbridge.config.json', ['secureNetwork'], says)
  const policy = readSecureNetwork(says, place, { production, apps, report })
  return { ...policy, mistakes: mistakes.map(({ severity, code, path }) => `${severity} ${code} ${path}`) }
}

test('without the section it is off, and with it enforced for the mini programs that are configured', () => {
  assert.equal(read().mode, 'off')
  assert.deepEqual(read().mistakes, [])
  const { mode, guards, sources, legacyWire, allowsLegacyOpenid, apps: associated, mistakes } = read({})
  assert.deepEqual([mode, guards, legacyWire, allowsLegacyOpenid], ['enforce', 'all', true, false])
  assert.deepEqual(sources, { http: 'refuse', timing: 'allow', function: 'allow', server: 'allow', files: 'refuse' })
  assert.deepEqual(associated, [{ appId: 'A', platform: 'mp-weixin', release: ['wx1'], development: [] }])
  assert.deepEqual(mistakes, [])
})

test('where there are rules, those that they name are guarded, unless it says all', () => {
  assert.equal(read({ rules: { pay: [{}] } }).guards, 'rules')
  assert.equal(read({ rules: { pay: [{}] }, guards: 'all' }).guards, 'all')
})

test('production has the legacy wire off, and is told when it is on', () => {
  assert.equal(read({}, true).legacyWire, false)
  const { legacyWire, mistakes } = read({ legacyWire: 'on' }, true)
  assert.equal(legacyWire, true)
  assert.deepEqual(mistakes, ['warning LEGACY_WIRE_ON secureNetwork.legacyWire'])
})

test('what is said of sources and suites stands, beside what is not said', () => {
  const { sources, suites } = read({ sources: { http: 'allow' }, suites: { 'mp-weixin': [2] } })
  assert.deepEqual(sources, { http: 'allow', timing: 'allow', function: 'allow', server: 'allow', files: 'refuse' })
  assert.equal(read({ sources: { files: 'allow' } }).sources.files, 'allow')
  assert.deepEqual(suites, { 'mp-weixin': [2] })
})

test('suites that no client speaks are warned of', () => {
  const { mistakes } = read({ suites: { 'mp-weixin': [3], android: [], ios: [3, 1] } })
  assert.deepEqual(mistakes, [
    'warning SUITES_NEVER_SPOKEN secureNetwork.suites.mp-weixin',
    'warning SUITES_NEVER_SPOKEN secureNetwork.suites.android',
  ])
})

test('each mistake is told where it stands', () => {
  const { mistakes } = read({
    apps: [
      { appId: 'A', platform: 'mp-weixin', release: ['wx1', 'wx2'], development: ['wx2', 'wx9'] },
      { appId: 'B', platform: 'mp-weixin', release: ['wx1'] },
      { appId: 'B', platform: 'android', release: ['com.b'] },
    ],
    rules: { pay: [], transfer: [{ appId: 'A' }, { appId: 'C' }] },
  })
  assert.deepEqual(mistakes, [
    'error SECURE_BINDING_TWICE secureNetwork.apps[0]',
    'warning SECURE_BINDING_UNKNOWN secureNetwork.apps[0]',
    'warning SECURE_BINDING_UNKNOWN secureNetwork.apps[1]',
    'warning SECURE_RULE_EMPTY secureNetwork.rules.pay',
    'warning SECURE_RULE_APP_UNKNOWN secureNetwork.rules.transfer[1].appId',
  ])
  const odd = read({
    rules: { 'pay, o:todo': [{ platform: 'weixin-mp' }, { platform: 'mp-weixin', minLevel: 1 }], 'h:orders': [{}] },
  })
  assert.deepEqual(odd.mistakes, [
    'error RULE_NAME_IMPOSSIBLE secureNetwork.rules["pay, o:todo"]',
    'error RULE_PLATFORM_UNKNOWN secureNetwork.rules["pay, o:todo"][0].platform',
    'warning RULE_NEVER_MET secureNetwork.rules["pay, o:todo"][1]',
  ])
  assert.deepEqual(read({ apps: [] }).mistakes, ['warning SECURE_APPS_NONE secureNetwork.apps'])
})
