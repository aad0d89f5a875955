import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { loadConfig } from './load-config.ts'
import { createReport } from './mistake.ts'
import { placeWithoutText } from './place.ts'
import { readRedisUrl } from './read-redis-url.ts'

const folder = mkdtempSync(join(tmpdir(), 'drawbridge-redis-url-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const good = [
  'redis://127.0.0.1',
  'redis://:secret@cache:6379/2',
  'rediss://user:p%40ss@10.0.0.5/',
  'redis://[::1]:6379',
]
const bad = ['nonsense', '127.0.0.1:6379', 'http://cache:6379', 'redis:cache', 'redis:///0', 'redis://cache/first']

test('the URL of a Redis is taken as it is, and what is none is refused', () => {
  for (const [texts, codes] of [
    [good, []],
    [bad, ['REDIS_URL_WRONG']],
  ] as const)
    for (const text of texts) {
      const { report, mistakes } = createReport()
      assert.equal(readRedisUrl(text, placeWithoutText('here'), report), codes.length === 0 ? text : undefined, text)
      assert.deepEqual(
        mistakes.map(({ code }) => code),
        codes,
        text,
      )
    }
})

test('what is no URL of a Redis stops the start wherever it stands, with its path, an example and no word of itself', () => {
  const marker = 'MARKER-password'
  const configText = JSON.stringify({
    store: { redisUrl: marker },
    spaces: [{ spaceId: 's', clientSecret: 'sixteen-or-more-long', redisUrl: { env: 'SPACE_REDIS' } }],
  })
  const load = (env: Readonly<Record<string, string>>) =>
    loadConfig({ cwd: folder, configText, env: { SPACE_REDIS: marker, ...env } })
  for (const [env, where] of [
    [{}, 'drawbridge.config.json store.redisUrl'],
    [{ DRAWBRIDGE_REDIS_URL: marker }, 'env DRAWBRIDGE_REDIS_URL'],
  ] as const) {
    const { config, mistakes } = load(env)
    assert.equal(config, undefined)
    const told = mistakes.filter(({ code }) => code === 'REDIS_URL_WRONG')
    assert.deepEqual(
      told.map(({ file, path }) => `${file} ${path}`).sort(),
      ['drawbridge.config.json spaces[0].redisUrl', where].sort(),
    )
    assert.match(told[0]?.remedyEn ?? '', /redis:\/\/user:password@host:6379\/0/)
    assert.ok(!JSON.stringify(mistakes).includes(marker))
  }
})
