import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createApps } from './apps.ts'
import type { App } from './credential.ts'

const app = (dcloudAppid: string, platform: App['platform'], appid: string): App => ({
  dcloudAppid,
  platform,
  appid,
  secret: 's',
  tokenEndpoint: 'stable',
})
const apps = createApps([
  app('__UNI__A', 'weixin-mp', 'wxA'),
  app('__UNI__B', 'weixin-mp', 'wxB'),
  app('*', 'weixin-h5', 'wxH'),
])

test('an app is found by its DCloud app and platform', () => {
  assert.equal(apps.resolve('__UNI__B', 'weixin-mp').appid, 'wxB')
  assert.equal(apps.byAppid('weixin-mp', 'wxA')?.dcloudAppid, '__UNI__A')
})

test('a configuration that names no DCloud app serves any', () => {
  assert.equal(apps.resolve('__UNI__Z', 'weixin-h5').appid, 'wxH')
  assert.equal(apps.resolve(undefined, 'weixin-h5').appid, 'wxH')
})

test('an unknown app, an unknown platform and an ambiguous question are refused', () => {
  for (const [dcloudAppid, platform] of [
    ['__UNI__Z', 'weixin-mp'],
    [undefined, 'weixin-mp'],
    ['__UNI__A', 'weixin-web'],
    ['__UNI__A', 'constructor'],
    ['__UNI__A', '__proto__'],
  ] as const) {
    assert.throws(() => apps.resolve(dcloudAppid, platform), { code: 'APP_UNKNOWN' })
  }
})

test('what a stranger typed as a platform does not come back in the error', () => {
  assert.throws(() => apps.resolve('x', '<script>'), { detail: { platform: 'unknown' } })
})
