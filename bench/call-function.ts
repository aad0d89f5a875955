import { createHmac, randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { startChild } from './child.ts'
import type { Child } from './child.ts'
import { load, median, quantile } from './load.ts'
import { measureWorkers } from './measure-workers.ts'

/**
 * What a warm plain call of a function costs through the whole path of the stock client (`POST /client`, signed, with
 * an access token), beside the same function called in the server's own process, and beside a bare `node:http` server
 * that answers a constant of the same size. Short rounds in turns, and ratios of neighbours in a round: other work on
 * the machine meets all contenders alike. Then: a worker's cold start and memory, and what a runaway function costs.
 *
 *     node bench/call-function.ts [--rounds 15] [--seconds 0.6] [--connections 8]
 */
const option = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(`--${name}`)
  return at === -1 ? otherwise : Number(process.argv[at + 1])
}
const rounds = option('rounds', 15)
const durationMs = option('seconds', 0.6) * 1000
const connections = option('connections', 8)
/** So long each is called before anything is measured: what is compiled only after thousands of calls is compiled then. */
const WARM_UP_MS = 8000

const BODY = JSON.stringify({ text: randomBytes(150).toString('base64url') })
const SECRET = 'bench-client-secret'

interface Contender {
  readonly name: string
  readonly child: Child
  readonly request: () => Promise<Buffer>
}

const bare = await startChild('./serve-bare.ts', { BODY })
const inProcess = await startChild('./serve-functions.ts', { BODY, IN_PROCESS: '1' })
const inWorkers = await startChild('./serve-functions.ts', { BODY })

const contenders: readonly Contender[] = [
  { name: 'node:http, constant', child: bare, request: async () => invocation(bare.ready.port, 'none') },
  { name: 'function in process', child: inProcess, request: () => authorised(inProcess.ready.port) },
  { name: 'function in a worker', child: inWorkers, request: () => authorised(inWorkers.ready.port) },
]

interface Result {
  readonly rps: number
  readonly p50: number
  readonly p99: number
  readonly cpuMicros: number
  readonly refused: number
}
const crowded = new Map(contenders.map(({ name }): [string, Result[]] => [name, []]))
const alone = new Map(contenders.map(({ name }): [string, Result[]] => [name, []]))

for (const contender of contenders) await measure(contender, connections, WARM_UP_MS)
process.stderr.write('warmed up\n')
for (let round = 1; round <= rounds; round += 1) {
  for (const contender of contenders) {
    crowded.get(contender.name)?.push(await measure(contender, connections, durationMs))
    alone.get(contender.name)?.push(await measure(contender, 1, durationMs / 2))
  }
}
await Promise.all([bare.stop(), inProcess.stop(), inWorkers.stop()])
const workers = await measureWorkers()

const IN_PROCESS = 'function in process'
const IN_WORKER = 'function in a worker'
const table = contenders.map(({ name }) => ({
  name,
  ...summary(crowded.get(name)),
  ofInProcess: paired(crowded, name, ({ rps }, own) => rps / own.rps),
  ofInProcessAlone: paired(alone, name, ({ rps }, own) => rps / own.rps),
  aloneP50: summary(alone.get(name)).p50,
}))
const addedP50Ms = paired(alone, IN_WORKER, ({ p50 }, own) => p50 - own.p50)
const addedCpuMicros = paired(crowded, IN_WORKER, ({ cpuMicros }, own) => cpuMicros - own.cpuMicros)

console.log(
  `${rounds} rounds of ${durationMs / 1000} s, ${connections} connections, ${cpus().length} cores, Node ${process.version}`,
)
console.log(
  '| contender | requests/s | of in process | of in process, one connection | p50 ms | p99 ms | server CPU µs/request | p50 ms, one connection |',
)
console.log('| --- | --- | --- | --- | --- | --- | --- | --- |')
for (const { name, rps, ofInProcess, ofInProcessAlone, p50, p99, cpuMicros, aloneP50 } of table)
  console.log(
    `| ${name} | ${rps.toFixed(0)} | ${ofInProcess.toFixed(2)} | ${ofInProcessAlone.toFixed(2)} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${cpuMicros.toFixed(1)} | ${aloneP50.toFixed(3)} |`,
  )
console.log(
  `a worker adds ${addedP50Ms.toFixed(3)} ms to the p50 of one connection, and ${addedCpuMicros.toFixed(0)} µs of the server’s CPU to a call`,
)
console.log(
  `a worker is ready after ${workers.coldStartMs.toFixed(0)} ms (the first of a server: ${workers.firstStartMs.toFixed(0)} ms) and takes ${workers.memoryMb.toFixed(0)} MB`,
)
console.log(
  `a runaway function ended ${workers.killedAfterMs.toFixed(1)} ms after its timeout; two calls at once were answered ${workers.replacedAfterMs.toFixed(1)} ms later; ${workers.others} other calls meanwhile, ${workers.othersFailed} failed`,
)
mkdirSync(new URL('./results/', import.meta.url), { recursive: true })
writeFileSync(
  new URL('./results/call-function.json', import.meta.url),
  JSON.stringify({ table, addedP50Ms, addedCpuMicros, workers }, null, 2),
)
const refused = table.reduce((sum, row) => sum + row.refused, 0)
if (refused + workers.othersFailed > 0) {
  console.error(`${refused} requests were refused: the figures above are not those of answered calls`)
  process.exitCode = 1
}

async function measure({ child, request }: Contender, many: number, forMs: number): Promise<Result> {
  const bytes = await request()
  const before = await child.cpuMicros()
  const { requests, seconds, latencies, refused } = await load({
    port: child.ready.port,
    connections: many,
    durationMs: forMs,
    next: () => bytes,
  })
  const cpuMicros = ((await child.cpuMicros()) - before) / requests
  return { rps: requests / seconds, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), cpuMicros, refused }
}

function summary(results: readonly Result[] = []): Result {
  const middle = (pick: (result: Result) => number): number => median(results.map(pick))
  return {
    rps: middle(({ rps }) => rps),
    p50: middle(({ p50 }) => p50),
    p99: middle(({ p99 }) => p99),
    cpuMicros: middle(({ cpuMicros }) => cpuMicros),
    refused: results.reduce((sum, result) => sum + result.refused, 0),
  }
}

/** The middle of what each round says, a contender held against the function in process of the same round. */
function paired(
  measured: ReadonlyMap<string, readonly Result[]>,
  name: string,
  compare: (result: Result, own: Result) => number,
): number {
  const own = measured.get(IN_PROCESS) ?? []
  return median((measured.get(name) ?? []).flatMap((result, i) => (own[i] ? [compare(result, own[i])] : [])))
}

/** A call as the stock client makes it, with a fresh access token and timestamp. */
async function authorised(port: number): Promise<Buffer> {
  const [head, body] = parts({ method: 'serverless.auth.user.anonymousAuthorize', params: '{}' })
  const reply = await fetch(`http://127.0.0.1:${port}/client`, { method: 'POST', headers: head, body })
  const { data } = (await reply.json()) as { data: { accessToken: string } }
  return invocation(port, data.accessToken)
}

function invocation(port: number, token: string): Buffer {
  const functionArgs = { n: 1, clientInfo: { PLATFORM: 'mp-weixin', appId: '__UNI__BENCH', locale: 'zh-Hans' } }
  const params = JSON.stringify({ functionTarget: 'answer', functionArgs })
  const [head, body] = parts({ method: 'serverless.function.runtime.invoke', params, token })
  const lines = Object.entries({
    host: `127.0.0.1:${port}`,
    'content-length': String(Buffer.byteLength(body)),
    ...head,
  })
  return Buffer.from(
    `POST /client HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
  )
}

function parts(asked: {
  readonly method: string
  readonly params: string
  readonly token?: string
}): readonly [head: Record<string, string>, body: string] {
  const request: Record<string, string | number> = { ...asked, spaceId: 'bench', timestamp: Date.now() }
  const text = Object.keys(request)
    .sort()
    .map((key) => `${key}=${request[key] ?? ''}`)
    .join('&')
  const head = {
    'content-type': 'application/json',
    'x-serverless-sign': createHmac('md5', SECRET).update(text).digest('hex'),
    ...(asked.token !== undefined && { 'x-basement-token': asked.token }),
  }
  return [head, JSON.stringify(request)]
}
