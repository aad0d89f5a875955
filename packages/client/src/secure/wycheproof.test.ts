import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { skipLoudly, wycheproofFile } from '@drawbridge/protocol/testing'
import { bundle } from '../../testing/bundle.ts'
import { smallChacha20Poly1305 } from './small-chacha20-poly1305.ts'

const VECTORS = 'chacha20_poly1305_test.json'

/** Where the vectors are; says so where nobody overlooks it when they are nowhere. */
function vectorsOrSkip(t: TestContext): string | undefined {
  const path = wycheproofFile(VECTORS)
  if (path) return path
  skipLoudly(t, `Wycheproof's ${VECTORS}`)
  return undefined
}

interface Case extends Readonly<Record<'key' | 'iv' | 'aad' | 'msg' | 'ct' | 'tag', string>> {
  readonly tcId: number
  readonly result: 'valid' | 'invalid'
}

test('ChaCha20-Poly1305 in little code seals and opens Wycheproof’s valid cases and refuses the others', (t) => {
  const path = vectorsOrSkip(t)
  if (!path) return
  const { testGroups } = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly testGroups: readonly { readonly ivSize: number; readonly tests: readonly Case[] }[]
  }
  const cases = testGroups.filter(({ ivSize }) => ivSize === 96).flatMap(({ tests }) => tests)
  assert.ok(cases.length >= 300, `only ${cases.length} cases`)
  for (const { tcId, result, ...fields } of cases) {
    const bytes = (name: keyof typeof fields) => Uint8Array.from(Buffer.from(fields[name], 'hex'))
    const sealed = Uint8Array.from([...bytes('ct'), ...bytes('tag')])
    const opened = smallChacha20Poly1305.open(bytes('key'), bytes('iv'), sealed, bytes('aad'))
    assert.deepEqual(opened, result === 'valid' ? bytes('msg') : undefined, `case ${tcId}`)
    if (result === 'valid')
      assert.deepEqual(
        smallChacha20Poly1305.seal(bytes('key'), bytes('iv'), bytes('msg'), bytes('aad')),
        sealed,
        `case ${tcId}`,
      )
  }
})

test('it does so as it is built, in an engine that only interprets', async (t) => {
  const path = vectorsOrSkip(t)
  if (!path) return
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-wycheproof-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const entry = join(import.meta.dirname, 'small-chacha20-poly1305.ts')
  writeFileSync(join(folder, 'cipher.cjs'), await bundle({ entry, format: 'cjs', edition: 2017 }))
  writeFileSync(join(folder, 'run.cjs'), PROGRAM)
  const { stdout } = await promisify(execFile)(process.execPath, ['--jitless', join(folder, 'run.cjs'), path], {
    timeout: 120_000,
  })
  const { right, wrong } = JSON.parse(stdout) as { readonly right: number; readonly wrong: readonly number[] }
  assert.deepEqual(wrong, [])
  assert.ok(right >= 300, `only ${right} cases`)
})

/** Without JIT there is no type stripping: a program of its own. */
const PROGRAM = `
const { smallChacha20Poly1305: cipher } = require('./cipher.cjs')
const hex = (text) => Uint8Array.from(Buffer.from(text, 'hex'))
const same = (one, other) => one !== undefined && Buffer.compare(one, other) === 0
let right = 0
const wrong = []
for (const { ivSize, tests } of require(process.argv[2]).testGroups)
  for (const { tcId, result, key, iv, aad, msg, ct, tag } of ivSize === 96 ? tests : []) {
    const opened = cipher.open(hex(key), hex(iv), hex(ct + tag), hex(aad))
    const isRight = result === 'valid'
      ? same(opened, hex(msg)) && same(cipher.seal(hex(key), hex(iv), hex(msg), hex(aad)), hex(ct + tag))
      : opened === undefined
    if (isRight) right += 1
    else wrong.push(tcId)
  }
console.log(JSON.stringify({ right, wrong }))
`
