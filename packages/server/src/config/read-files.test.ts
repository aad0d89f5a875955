import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadConfig } from './load-config.ts'

const KEY = Buffer.alloc(32, 7).toString('base64')

function load(says: object) {
  const configText = JSON.stringify({ masterKey: KEY, dataDir: '/data', ...says })
  return loadConfig({ env: {}, cwd: '/project', configText })
}

const space = { spaceId: 'shop', clientSecret: 'a-secret-of-some-length' }

test('files need no configuration: they lie below dataDir, and no client deletes them', () => {
  const { config, mistakes } = load({ spaces: [space] })
  assert.deepEqual(
    mistakes.filter(({ severity }) => severity === 'error'),
    [],
  )
  const files = config?.files
  assert.ok(files)
  assert.equal(files.folder, '/data/files')
  assert.equal(files.defaults.maxBytes, 52_428_800)
  assert.equal(files.defaults.clientDelete, false)
  assert.equal(files.defaults.publicRead, false)
})

test('a space may differ from the server', () => {
  const { config } = load({
    files: { folder: 'uploads', publicUrl: 'https://api.example.com', maxBytes: 10, refuse: ['.exe', 'text/html'] },
    spaces: [{ ...space, files: { clientDelete: true, maxBytes: 20 } }],
  })
  const files = config?.files
  assert.ok(files)
  assert.equal(files.publicUrl, 'https://api.example.com')
  assert.ok(files.folder.endsWith('/uploads'))
  assert.deepEqual(files.defaults.refuse, ['.exe', 'text/html'])
  assert.deepEqual(files.spaces.get('shop'), { clientDelete: true, maxBytes: 20 })
})

test('a bucket’s secret is looked up, and a bucket without one is a mistake', () => {
  const bucket = { bucketUrl: 'http://127.0.0.1:9000/b', accessKeyId: 'id' }
  const { config } = load({ files: { s3: { ...bucket, secretAccessKey: 'the-secret' } }, spaces: [space] })
  assert.deepEqual(config?.files?.s3, { ...bucket, region: 'us-east-1', prefix: '', secret: 'the-secret' })
  const { config: none, mistakes } = load({ files: { s3: { ...bucket, secretAccessKey: { env: 'NONE' } } } })
  assert.equal(none, undefined)
  assert.ok(mistakes.some(({ code, path }) => code === 'SECRET_ENV_MISSING' && path === 'files.s3.secretAccessKey.env'))
})

const wrong: readonly (readonly [object, string])[] = [
  [{ publicUrl: 'https://example.com/files' }, 'files.publicUrl'],
  [{ publicUrl: 'example.com' }, 'files.publicUrl'],
  [{ publicUrl: 'https://user@example.com' }, 'files.publicUrl'],
  [{ accept: ['png'] }, 'files.accept[0]'],
  [{ refuse: ['*/*'] }, 'files.refuse[0]'],
  [{ s3: { bucketUrl: 'minio:9000/b', accessKeyId: 'a', secretAccessKey: 's' } }, 'files.s3.bucketUrl'],
  [{ s3: { bucketUrl: 'http://m/b', accessKeyId: 'a', secretAccessKey: 's', prefix: '../x' } }, 'files.s3.prefix'],
  [{ clientDelte: true }, 'files.clientDelte'],
]
for (const [files, path] of wrong)
  test(`a mistake in ${path} is told at its place: ${JSON.stringify(files).slice(0, 60)}`, () => {
    const { config, mistakes } = load({ files, spaces: [space] })
    assert.equal(config, undefined)
    assert.ok(mistakes.some((mistake) => mistake.path === path))
  })
