import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { createRequestSigner } from '@drawbridge/server'
import { startChild } from './child.ts'
import type { Child } from './child.ts'
import { load, median, quantile } from './load.ts'

/**
 * What an authorised read of a warm credential costs beside a bare `node:http` server that answers a constant of the
 * same size to the same question: by bearer token, and by a signature (RFC 9421) that covers the body where there is
 * one; over /v1, and over the old path with its JSON body. All are measured in one run, in turns, each server
 * in a process of its own; CPU time per request is the steadier witness on a machine that is shared with the load.
 *
 *     node bench/credential-read.ts [--rounds 7] [--seconds 2] [--connections 32]
 */
const option = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(`--${name}`)
  return at === -1 ? otherwise : Number(process.argv[at + 1])
}
const rounds = option('rounds', 7)
const durationMs = option('seconds', 2) * 1000
const connections = option('connections', 32)

const BODY = JSON.stringify({ access_token: `90_${randomBytes(384).toString('base64url')}` })
const SIGNING_KEY = randomBytes(32).toString('base64')
const READ = { method: 'GET', path: '/v1/apps/weixin-mp/wx00000000000bench/access-token' } as const
const OLD_READ = {
  method: 'POST',
  path: '/uni-open-bridge/getAccessToken',
  body: Buffer.from(JSON.stringify({ dcloudAppid: '__UNI__BENCH', platform: 'weixin-mp' })),
} as const

interface Question {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: Buffer
}

interface Contender {
  readonly name: string
  /** The contender that it is held against: the bare server, asked the same. */
  readonly baseline: string
  readonly child: Child
  /** Makes the requests of one round beforehand, so that making them costs nothing while they are sent. */
  prepare(count: number): () => Buffer
}

const bare = await startChild('./serve-bare.ts', { BODY })
const drawbridge = await startChild('./serve-drawbridge.ts', { BODY, SIGNING_KEY })
const bearer = String(drawbridge.ready['token'])

const contenders: readonly Contender[] = [
  ...[READ, OLD_READ].flatMap((question): readonly Contender[] => {
    const baseline = `node:http, constant, ${question.method}`
    const asked = `${question.method} ${question.path.split('/').slice(0, 2).join('/')}`
    return [
      { name: baseline, baseline, child: bare, prepare: () => always(bytesOf(bare.ready.port, question, {})) },
      {
        name: `bearer token, ${asked}`,
        baseline,
        child: drawbridge,
        prepare: () => always(bytesOf(drawbridge.ready.port, question, { authorization: `Bearer ${bearer}` })),
      },
      {
        name: `HMAC signature (RFC 9421), ${asked}`,
        baseline,
        child: drawbridge,
        prepare: (count) => signed(question, count),
      },
    ]
  }),
]

/** Every signature is good for one request: each has a nonce of its own. */
function signed(question: Question, count: number): () => Buffer {
  const sign = createRequestSigner({ keyId: 'bench', algorithm: 'hmac-sha256', key: SIGNING_KEY })
  const { port } = drawbridge.ready
  const { method, path, body } = question
  const url = `http://127.0.0.1:${port}${path}`
  const requests = Array.from({ length: count }, () =>
    bytesOf(port, question, sign({ method, url, ...(body !== undefined && { body }) })),
  )
  return () => requests.pop() ?? Buffer.alloc(0)
}

interface Result {
  readonly rps: number
  readonly p50: number
  readonly p99: number
  readonly cpuMicros: number
  readonly refused: number
}
const results = new Map(contenders.map(({ name }): [string, Result[]] => [name, []]))

for (let round = 0; round <= rounds; round += 1) {
  for (const { name, child, prepare } of contenders) {
    const next = prepare(Math.ceil((durationMs / 1000) * requestsASecondMost()))
    const before = await child.cpuMicros()
    const { requests, seconds, latencies, refused } = await load({
      port: child.ready.port,
      connections,
      durationMs,
      next,
    })
    const cpuMicros = ((await child.cpuMicros()) - before) / requests
    // The first round warms up.
    if (round > 0) {
      results.get(name)?.push({
        rps: requests / seconds,
        p50: quantile(latencies, 0.5),
        p99: quantile(latencies, 0.99),
        cpuMicros,
        refused,
      })
    }
  }
  process.stderr.write(round === 0 ? 'warmed up\n' : `round ${round} of ${rounds}\n`)
}
await Promise.all([bare.stop(), drawbridge.stop()])

const table = contenders.map(({ name, baseline: against }) => {
  const own = summary(name)
  const baseline = summary(against)
  return { name, ...own, ratio: own.rps / baseline.rps, cpuRatio: baseline.cpuMicros / own.cpuMicros }
})
console.log(
  `${rounds} rounds of ${durationMs / 1000} s, ${connections} connections, ${cpus().length} cores, Node ${process.version}`,
)
console.log('| contender | requests/s | of bare | p50 ms | p99 ms | server CPU µs/request | of bare |')
console.log('| --- | --- | --- | --- | --- | --- | --- |')
for (const { name, rps, ratio, p50, p99, cpuMicros, cpuRatio } of table) {
  console.log(
    `| ${name} | ${rps.toFixed(0)} | ${ratio.toFixed(2)} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${cpuMicros.toFixed(1)} | ${cpuRatio.toFixed(2)} |`,
  )
}
mkdirSync(new URL('./results/', import.meta.url), { recursive: true })
writeFileSync(new URL('./results/credential-read.json', import.meta.url), JSON.stringify(table, null, 2))
const refused = table.reduce((sum, row) => sum + row.refused, 0)
if (refused > 0) {
  console.error(`${refused} requests were refused: the figures above are not those of answered reads`)
  process.exitCode = 1
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

function always(request: Buffer): () => Buffer {
  return () => request
}

function bytesOf(port: number, { method, path, body }: Question, headers: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries({
    host: `127.0.0.1:${port}`,
    ...(body !== undefined && { 'content-type': 'application/json', 'content-length': String(body.length) }),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`), body ?? Buffer.alloc(0)])
}

/** More than any server here answers; signed requests are made for so many. */
function requestsASecondMost(): number {
  return 40_000
}
