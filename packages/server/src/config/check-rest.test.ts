import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadConfig } from './load-config.ts'

function told(config: object): readonly string[] {
  const env = { DRAWBRIDGE_MASTER_KEY: Buffer.alloc(32, 7).toString('base64') }
  const { mistakes } = loadConfig({ env, cwd: '/project', configText: JSON.stringify(config) })
  return mistakes.map(({ code, path }) => `${code} ${path}`)
}

test('a slip somewhere hides no mistake in rules, apps and routes: all are told at once', () => {
  const route = { name: 'orders', path: '/orders/*', upstream: 'http://127.0.0.1:3000' }
  const mistakes = told({
    prot: 7400,
    secureNetwork: {
      apps: [{ appId: 'A', platform: 'mp-weixin', release: ['wx1'], development: ['wx1'] }, { appId: 1 }, 'B'],
      rules: {
        'pay, refund': [{ platform: 'weixin-mp', appid: 'A' }],
        refund: [{ platform: 'mp-weixin', fresh: true }],
        'o:todo': [],
        'a, *': [],
        odd: 'nobody',
      },
    },
    gateway: {
      signingKey: { env: 'NOT_SET' },
      routes: [
        { ...route, path: 'orders', policy: [{ platform: 'andriod' }, { minLevel: 9 }], polcy: [] },
        { ...route, upstream: 1, policy: [{ platform: 'weixin' }], stripPrefix: 'x' },
        7,
      ],
    },
  })
  assert.deepEqual(mistakes, [
    'KEY_UNKNOWN prot',
    'KEY_UNKNOWN secureNetwork.rules["pay, refund"][0].appid',
    'VALUE_WRONG secureNetwork.rules.odd',
    'KEY_MISSING secureNetwork.apps[1].platform',
    'QUOTES_MISSING secureNetwork.apps[1].appId',
    'VALUE_WRONG secureNetwork.apps[2]',
    'KEY_UNKNOWN gateway.routes[0].polcy',
    'VALUE_WRONG gateway.routes[0].policy[1].minLevel',
    'QUOTES_MISSING gateway.routes[1].upstream',
    'VALUE_WRONG gateway.routes[2]',
    'SECURE_BINDING_TWICE secureNetwork.apps[0]',
    'RULE_PLATFORM_UNKNOWN secureNetwork.rules["pay, refund"][0].platform',
    'RULE_NEVER_MET secureNetwork.rules.refund[0]',
    'RULE_NAME_IMPOSSIBLE secureNetwork.rules["o:todo"]',
    'RULE_STAR_IN_LIST secureNetwork.rules["a, *"]',
    'RULE_NAMED_TWICE secureNetwork.rules["pay, refund"]',
    'GATEWAY_PATH_WRONG gateway.routes[0].path',
    'RULE_PLATFORM_UNKNOWN gateway.routes[0].policy[0].platform',
    'GATEWAY_PREFIX_WRONG gateway.routes[1].stripPrefix',
    'RULE_PLATFORM_UNKNOWN gateway.routes[1].policy[0].platform',
  ])
})

test('a file that fits its schema is told each mistake once', () => {
  const secureNetwork = {
    apps: [{ appId: 'A', platform: 'android', release: ['x'], development: ['x'] }],
    rules: { 'pay, refund': [{ platform: 'weixin-mp' }], refund: [] },
  }
  assert.deepEqual(
    told({ secureNetwork }).filter((each) => each.includes('secureNetwork')),
    [
      'SECURE_BINDING_TWICE secureNetwork.apps[0]',
      'SECURE_RULE_EMPTY secureNetwork.rules.refund',
      'RULE_PLATFORM_UNKNOWN secureNetwork.rules["pay, refund"][0].platform',
      'RULE_NAMED_TWICE secureNetwork.rules["pay, refund"]',
    ],
  )
})
