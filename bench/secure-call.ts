import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { performance } from 'node:perf_hooks'
import {
  createKeySchedule,
  miniProgramSecret,
  openRequest,
  receiveRequest,
  sealRequest,
  sealResponse,
  toBinary,
  toJson,
} from '@drawbridge/protocol'
import type { KeySchedule } from '@drawbridge/protocol'
import { nodePrimitives, nodeTextCodec } from '@drawbridge/protocol/node'
import { startChild } from './child.ts'
import { load, median, quantile } from './load.ts'
import { benchUser } from './secure-call-user.ts'

/**
 * What an encrypted call costs beside the plain call of the same function at the same place: 1 KB and 64 KB of data
 * there and back, AES-256-GCM and ChaCha20-Poly1305, binary and JSON form. And what the protocol's part of it costs beside
 * bare `node:crypto` for the same bytes. All are measured in one run, in turns; the server is a process of its own, and
 * its CPU time (that of the process that opens and seals, not of the worker) is the steadier witness on a machine that
 * is shared with the load.
 *
 *     node bench/secure-call.ts [--rounds 5] [--seconds 1] [--connections 16]
 */
const option = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(`--${name}`)
  return at === -1 ? otherwise : Number(process.argv[at + 1])
}
const rounds = option('rounds', 5)
const durationMs = option('seconds', 1) * 1000
const connections = option('connections', 16)

const { spaceId, appId, wxAppid, openid, deviceId, version } = benchUser
const TARGET = 'f:echo'
const SUITES = [1, 2] as const
const SIZES = [
  { size: '1 KB', bytes: 1024, mostASecond: 12_000 },
  { size: '64 KB', bytes: 65_536, mostASecond: 2_000 },
] as const

interface Contender {
  readonly name: string
  /** The plain call of the same size. */
  readonly baseline: string
  /** At least this share of the baseline's rate is aimed at. */
  readonly aim?: number
  /** How many requests are made before a round, so that making them costs nothing while they are sent. */
  readonly prepared: number
  make(): Buffer
}

const schedules = new Map(SUITES.map((suite) => [suite, scheduleOf(suite)]))
const child = await startChild('./serve-secure-call.ts', {})
const { port } = child.ready
const clientInfo = { appId, deviceId, osName: 'android', uniPlatform: 'mp-weixin', appVersion: '1.0.0' }

const contenders = SIZES.flatMap(({ size, bytes, mostASecond }): readonly Contender[] => {
  const data = { text: randomBytes((bytes * 3) / 4).toString('base64') }
  const baseline = `plain, ${size}`
  const prepared = Math.ceil((mostASecond * durationMs) / 1000)
  const plain = requestOf(
    Buffer.from(JSON.stringify({ spaceId, target: TARGET, data, clientInfo })),
    'application/json',
  )
  const inside = Buffer.from(JSON.stringify({ spaceId, data, clientInfo }))
  const isSmall = bytes < 10_000
  return [
    { name: baseline, baseline, prepared: 0, make: () => plain },
    ...SUITES.flatMap((suite): readonly Contender[] => [
      {
        name: `suite ${suite}, binary, ${size}`,
        baseline,
        aim: isSmall ? 0.6 : 0.85,
        prepared,
        make: () => requestOf(toBinary(sealed(suite, inside)), 'application/vnd.usn1'),
      },
      {
        name: `suite ${suite}, JSON, ${size}`,
        baseline,
        aim: isSmall ? 0.55 : 0.75,
        prepared,
        make: () =>
          requestOf(Buffer.from(JSON.stringify(toJson(sealed(suite, inside), nodeTextCodec))), 'application/json'),
      },
    ]),
  ]
})

interface Result {
  readonly rps: number
  readonly p50: number
  readonly p99: number
  readonly cpuMicros: number
  readonly refused: number
}
/** One piece of memory for all requests of a round: thousands of buffers would have the load generator collect garbage. */
const slab = Buffer.allocUnsafeSlow(Math.max(...contenders.map(({ prepared, make }) => prepared * (make().length + 8))))

/** Requests that were made beforehand, and when they are used up, new ones. */
function prepare({ prepared, make }: Contender): () => Buffer {
  let end = 0
  const ready = Array.from({ length: prepared }, () => {
    const from = end
    end += make().copy(slab, from)
    return slab.subarray(from, end)
  })
  return () => ready.pop() ?? make()
}

const results = new Map(contenders.map(({ name }): [string, Result[]] => [name, []]))

for (let round = 0; round <= rounds; round += 1) {
  for (const contender of contenders) {
    const { name } = contender
    const next = prepare(contender)
    const before = await child.cpuMicros()
    const { requests, seconds, latencies, refused } = await load({ port, connections, durationMs, next })
    const cpuMicros = ((await child.cpuMicros()) - before) / requests
    const [p50, p99] = [quantile(latencies, 0.5), quantile(latencies, 0.99)]
    // The first round warms up.
    if (round > 0) results.get(name)?.push({ rps: requests / seconds, p50, p99, cpuMicros, refused })
  }
  process.stderr.write(round === 0 ? 'warmed up\n' : `round ${round} of ${rounds}\n`)
}
await child.stop()

const table = contenders.map(({ name, baseline: against, aim }) => {
  const own = summary(name)
  const baseline = summary(against)
  // In each round by itself: what slows the machine for a while slows both.
  const ratio = median(
    (results.get(name) ?? []).map(({ rps }, at) => rps / (results.get(against)?.[at]?.rps ?? Number.NaN)),
  )
  return { name, ...own, ratio, cpuRatio: baseline.cpuMicros / own.cpuMicros, aim: aim ?? null }
})
const parts = SIZES.flatMap(({ size, bytes }) => SUITES.map((suite) => partOf(suite, size, bytes)))

console.log(
  `${rounds} rounds of ${durationMs / 1000} s, ${connections} connections, ${cpus().length} cores, Node ${process.version}`,
)
console.log('| call | calls/s | of plain | aim | p50 ms | p99 ms | server CPU µs/call | of plain |')
console.log('| --- | --- | --- | --- | --- | --- | --- | --- |')
for (const { name, rps, ratio, aim, p50, p99, cpuMicros, cpuRatio } of table) {
  console.log(
    `| ${name} | ${rps.toFixed(0)} | ${ratio.toFixed(2)} | ${aim ?? ''} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${cpuMicros.toFixed(1)} | ${cpuRatio.toFixed(2)} |`,
  )
}
console.log('\n| opening a request and sealing its reply | µs | bare node:crypto, µs | of bare |')
console.log('| --- | --- | --- | --- |')
for (const { name, micros, bareMicros, ratio } of parts) {
  console.log(`| ${name} | ${micros.toFixed(1)} | ${bareMicros.toFixed(1)} | ${ratio.toFixed(2)} |`)
}
mkdirSync(new URL('./results/', import.meta.url), { recursive: true })
writeFileSync(new URL('./results/secure-call.json', import.meta.url), JSON.stringify({ calls: table, parts }, null, 2))
const refused = table.reduce((sum, row) => sum + row.refused, 0)
if (refused > 0) {
  console.error(`${refused} calls were refused: the figures above are not those of answered calls`)
  process.exitCode = 1
}

function scheduleOf(suite: (typeof SUITES)[number]): KeySchedule {
  const keyId = Buffer.alloc(4)
  keyId.writeUInt32BE(version)
  const secret = miniProgramSecret(nodePrimitives, suite, {
    encryptKey: Buffer.from(benchUser.key.encrypt_key, 'base64'),
    iv: Buffer.from(benchUser.key.iv, 'utf8'),
  })
  const context = { suite, keyKind: 'mp', keyId, appId, subject: `${wxAppid}:${openid}` } as const
  const schedule = secret && createKeySchedule(nodePrimitives, context, { secret })
  if (!schedule) throw new Error(`Node lacks suite ${suite}`)
  return schedule
}

/** Every call is good for one request: each has an id of its own. */
function sealed(suite: (typeof SUITES)[number], inside: Uint8Array) {
  const schedule = schedules.get(suite) ?? scheduleOf(suite)
  const fields = {
    secretType: 'both',
    ts: Date.now(),
    rid: randomBytes(16),
    device: deviceId,
    target: TARGET,
  } as const
  const request = sealRequest(schedule, fields, inside)
  if (!request) throw new Error('not sealed')
  return request
}

function requestOf(body: Uint8Array, contentType: string): Buffer {
  const head = [
    'POST /v1/call HTTP/1.1',
    `host: 127.0.0.1:${port}`,
    `x-drawbridge-space: ${spaceId}`,
    `content-type: ${contentType}`,
    `content-length: ${body.length}`,
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body])
}

/** The protocol's part: reading, opening, sealing; and the two AEAD operations of it alone. */
function partOf(suite: (typeof SUITES)[number], size: string, bytes: number) {
  const schedule = scheduleOf(suite)
  const wire = toBinary(sealed(suite, randomBytes(bytes)))
  const body = randomBytes(bytes)
  const micros = microsOf(() => {
    const received = receiveRequest(wire, {}, nodeTextCodec)
    const opened = received && openRequest(schedule, received)
    const reply = opened && sealResponse(schedule, opened, { ts: Date.now(), rnonce: randomBytes(16) }, body)
    if (!reply) throw new Error('not opened')
    toBinary(reply)
  })
  // The types know each name by itself; what both do is the same.
  const cipher = (suite === 1 ? 'aes-256-gcm' : 'chacha20-poly1305') as 'aes-256-gcm'
  const [key, nonce, aad, tagLength] = [randomBytes(32), randomBytes(12), randomBytes(146), { authTagLength: 16 }]
  const sealing = createCipheriv(cipher, key, nonce, tagLength).setAAD(aad)
  const ciphertext = Buffer.concat([sealing.update(body), sealing.final()])
  const tag = sealing.getAuthTag()
  const bareMicros = microsOf(() => {
    const opening = createDecipheriv(cipher, key, nonce, tagLength).setAAD(aad).setAuthTag(tag)
    opening.update(ciphertext)
    opening.final()
    const again = createCipheriv(cipher, key, nonce, tagLength).setAAD(aad)
    again.update(body)
    again.final()
    again.getAuthTag()
  })
  return { name: `suite ${suite}, ${size}`, micros, bareMicros, ratio: bareMicros / micros }
}

function microsOf(work: () => void): number {
  const samples = Array.from({ length: 15 }, () => {
    const startedAt = performance.now()
    for (let n = 0; n < 400; n += 1) work()
    return ((performance.now() - startedAt) * 1000) / 400
  })
  return median(samples.slice(5))
}

function summary(name: string): Result {
  const own = results.get(name) ?? []
  const middle = (pick: (result: Result) => number): number => median(own.map(pick))
  return {
    rps: middle(({ rps }) => rps),
    p50: middle(({ p50 }) => p50),
    p99: middle(({ p99 }) => p99),
    cpuMicros: middle(({ cpuMicros }) => cpuMicros),
    refused: own.reduce((sum, result) => sum + result.refused, 0),
  }
}
