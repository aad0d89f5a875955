import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { accessSync, constants, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { writeBareEngineProgram } from '../../testing/bare-engine-program.ts'
import type { BareEngineReport } from '../../testing/bare-engine-program.ts'
import { skipLoudly } from '../../testing/skip-loudly.ts'

const folder = mkdtempSync(join(tmpdir(), 'bare-engine-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const program = writeBareEngineProgram(folder)

async function run(engine: string, options: readonly string[]): Promise<BareEngineReport> {
  const { stdout } = await promisify(execFile)(engine, [...options, program], { cwd: folder, timeout: 100_000 })
  return JSON.parse(stdout) as BareEngineReport
}

function assertBare({ checks, faults, missing, isBigIntShim }: BareEngineReport): void {
  assert.deepEqual(faults, [])
  assert.ok(checks > 600, `only ${checks} checks`)
  assert.deepEqual(missing, ['TextEncoder', 'TextDecoder', 'crypto', 'Buffer', 'atob'])
  assert.equal(isBigIntShim, true)
}

test('every vector comes out in Node without JIT, BigInt, TextEncoder, WebCrypto and Buffer', async () => {
  assertBare(await run(process.execPath, ['--jitless', '--no-warnings']))
})

for (const [how, options] of [
  ['', []],
  [' without JIT', ['--useJIT=false']],
] as const)
  test(`every vector comes out in JavaScriptCore${how}`, async (context) => {
    const jsc = findJsc()
    if (jsc === undefined) return skipLoudly(context, "JavaScriptCore's shell (jsc)")
    assertBare(await run(jsc, [...options, '-m']))
  })

/** The shell from the PATH, or where Debian's libjavascriptcoregtk-*-bin puts it. */
function findJsc(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  for (const triplet of readdirSync('/usr/lib'))
    if (triplet.includes('-linux-')) {
      const inside = readdirSync(join('/usr/lib', triplet)).filter((name) => /gtk-\d|javascriptcore/.test(name))
      folders.push(...inside.map((name) => join('/usr/lib', triplet, name)))
    }
  return folders.map((each) => join(each, 'jsc')).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
