import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { skipLoudly } from '@drawbridge/bridge/testing'
import { missingPrograms } from './nginx.ts'

const run = promisify(execFile)
const KEY = '0123456789abcdef0123456789abcdef'
const NOW = 1_770_000_000_000
/** Made with OpenSSL: see the test of the signature itself. */
const headers = {
  host: 'backend',
  'x-drawbridge-timestamp': String(NOW),
  'x-drawbridge-app-x': '2',
  'x-drawbridge-app': '__UNI__A',
  'x-drawbridge-signature': 'v1=66935bfa3a044e9c53b0225392301521e4415ca79fdc824bf4ca80344c3e032f',
}
const TARGET = '/orders/1?a=%E8%8C%B6'
const BODY = '{"茶":1}'
/** Good, another body, another user, another key, too late. */
const EXPECTED = [true, false, false, false, false]

/** The code of a section of the guide; both languages have the same. */
function codeOf(section: string, language: string): string {
  const pages = ['gateway.md', 'gateway.zh-CN.md'].map((name) => {
    const page = readFileSync(fileURLToPath(new URL(`../../docs/guide/${name}`, import.meta.url)), 'utf8')
    const [, after = ''] = page.split(`### ${section}\n`)
    return new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(after)?.[1] ?? ''
  })
  assert.notEqual(pages[0], '')
  assert.equal(pages[1], pages[0])
  return pages[0] ?? ''
}

function inFolder(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-guide-'))
  return {
    folder,
    remove() {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

test('the guide’s check for Express takes what the gateway signed and nothing else', async (t) => {
  const { folder, remove } = inFolder()
  t.after(remove)
  const [check = ''] = codeOf('Express', 'js').split('app.use')
  const path = join(folder, 'check.mjs')
  writeFileSync(path, check.replace('Date.now()', 'globalThis.guideNow'))
  const { isFromGateway } = (await import(pathToFileURL(path).href)) as {
    isFromGateway: (request: object, body: Buffer, key: string) => boolean
  }
  const now = globalThis as unknown as { guideNow: number }
  now.guideNow = NOW
  const request = { method: 'POST', originalUrl: TARGET, headers }
  const body = Buffer.from(BODY)
  const other = { ...request, headers: { ...headers, 'x-drawbridge-app': '__UNI__B' } }
  const outcomes = [
    isFromGateway(request, body, KEY),
    isFromGateway(request, Buffer.from('{}'), KEY),
    isFromGateway(other, body, KEY),
    isFromGateway(request, body, `${KEY}0`),
  ]
  now.guideNow = NOW + 300_001
  assert.deepEqual([...outcomes, isFromGateway(request, body, KEY)], EXPECTED)
})

test('the guide’s check for FastAPI does the same', async (t) => {
  if (missingPrograms('python3').length > 0) {
    skipLoudly(t, 'python3')
    return
  }
  const code = codeOf('FastAPI', 'python')
  const check = code.slice(code.indexOf('def is_from_gateway'), code.indexOf('@app.middleware'))
  const { stdout } = await run('python3', [
    '-c',
    [
      'import hashlib, hmac, time, json, sys',
      `KEY, now = b"${KEY}", ${NOW / 1000}`,
      'time.time = lambda: now',
      check,
      'headers, target, body = json.loads(sys.argv[1]), sys.argv[2], sys.argv[3].encode()',
      'told = [is_from_gateway("POST", target, headers, body), is_from_gateway("POST", target, headers, b"{}")]',
      'told.append(is_from_gateway("POST", target, {**headers, "x-drawbridge-app": "__UNI__B"}, body))',
      `KEY = b"${KEY}0"`,
      'told.append(is_from_gateway("POST", target, headers, body))',
      `KEY, now = b"${KEY}", ${NOW / 1000 + 301}`,
      'told.append(is_from_gateway("POST", target, headers, body))',
      'print(json.dumps(told))',
    ].join('\n'),
    JSON.stringify(headers),
    TARGET,
    BODY,
  ])
  assert.deepEqual(JSON.parse(stdout), EXPECTED)
})
