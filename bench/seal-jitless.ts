import { execFile } from 'node:child_process'
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bundle } from '@drawbridge/client/testing'

/*
 * What does a phone without JIT pay for a sealed call, against what the stock uniCloud client pays for its CBC, which
 * authenticates nothing? Both seal a request with 1 KB of data and open a reply with 1 KB, from the app's object to the
 * bytes for the wire and back, in turns in one process of `node --jitless`.
 *
 * node bench/seal-jitless.ts
 */
const ROUNDS = 15
const CALLS = 40

const require = createRequire(join(import.meta.dirname, '../packages/client/package.json'))
const folder = mkdtempSync(join(tmpdir(), 'drawbridge-bench-'))
try {
  // Without JIT there is no type stripping either: what runs there is the client's own code, built as it ships.
  const core = await bundle({
    entry: join(import.meta.dirname, 'create-sealing.ts'),
    format: 'cjs',
    edition: 2017,
  })
  writeFileSync(join(folder, 'core.cjs'), core)
  writeFileSync(join(folder, 'run.cjs'), program())
  const { stdout } = await promisify(execFile)(process.execPath, ['--jitless', join(folder, 'run.cjs')])
  const report = JSON.parse(stdout) as Readonly<Record<'sealMs' | 'openMs' | 'stockSealMs' | 'stockOpenMs', number>>
  const ratio = (report.sealMs + report.openMs) / (report.stockSealMs + report.stockOpenMs)
  console.log(`seal 1 KB: ${shown(report.sealMs)} (stock client: ${shown(report.stockSealMs)})`)
  console.log(`open 1 KB: ${shown(report.openMs)} (stock client: ${shown(report.stockOpenMs)})`)
  console.log(`time of both, sealed against the stock client: ${ratio.toFixed(2)} (aim: 1.00 at most)`)
  const results = join(import.meta.dirname, 'results')
  mkdirSync(results, { recursive: true })
  writeFileSync(join(results, 'seal-jitless.json'), `${JSON.stringify({ ...report, ratio }, null, 2)}\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function shown(ms: number): string {
  return `${ms.toFixed(3)} ms`
}

/** The best of several rounds of each, in turns: what others on the machine do falls on all alike. */
function program(): string {
  return `
const { createSealing } = require('./core.cjs')
const CryptoJs = require(${JSON.stringify(require.resolve('crypto-js'))})
const { randomBytes } = require('node:crypto')

const data = { text: 'x'.repeat(1000) }
const random = (length) => Uint8Array.from(randomBytes(length))
const { seal, open } = createSealing(random, data)

const key = CryptoJs.enc.Base64.parse(randomBytes(16).toString('base64'))
const options = { iv: CryptoJs.enc.Utf8.parse('6003f73ec441c386'), mode: CryptoJs.mode.CBC, padding: CryptoJs.pad.Pkcs7 }
const encrypt = (value) => CryptoJs.AES.encrypt(CryptoJs.enc.Utf8.parse(JSON.stringify(value)), key, options).toString()
const stockSeal = () => encrypt({ data: JSON.stringify(data), appId: '__UNI__BENCH', deviceId: '1700000000000123',
  wxAppId: 'wx1111111111111111', simulator: false, timestamp: Date.now() })
const content = encrypt(data)
const stockOpen = () => JSON.parse(CryptoJs.AES.decrypt(content, key, options).toString(CryptoJs.enc.Utf8))

const rows = { sealMs: seal, openMs: open, stockSealMs: stockSeal, stockOpenMs: stockOpen }
const best = {}
for (let round = 0; round < ${ROUNDS}; round++)
  for (const [name, run] of Object.entries(rows)) {
    const start = process.hrtime.bigint()
    for (let call = 0; call < ${CALLS}; call++) run()
    const ms = Number(process.hrtime.bigint() - start) / 1e6 / ${CALLS}
    best[name] = Math.min(best[name] ?? Infinity, ms)
  }
console.log(JSON.stringify(best))
`
}
