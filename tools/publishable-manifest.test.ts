import assert from 'node:assert/strict'
import { test } from 'node:test'
import { publishableManifest } from './publishable-manifest.ts'

test('what is published exports what was built, and the workspace its sources', () => {
  const published = publishableManifest({
    name: '@drawbridge/bridge',
    version: '0.1.0',
    exports: { '.': './src/index.ts' },
    dependencies: { '@drawbridge/protocol': '0.1.0' },
    publishConfig: { exports: { '.': './dist/index.js' } },
  })
  assert.deepEqual(published, {
    name: '@drawbridge/bridge',
    version: '0.1.0',
    exports: { '.': './dist/index.js' },
    dependencies: { '@drawbridge/protocol': '0.1.0' },
    publishConfig: { access: 'public' },
  })
})
