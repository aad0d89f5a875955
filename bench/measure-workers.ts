import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { createFunctionHost, createFunctionLog } from '@drawbridge/server'
import type { HostEvent } from '@drawbridge/server'
import { median } from './load.ts'

const RUNS = 5

/** What worker processes cost, in ms and MB; medians of a few runs. */
export interface WorkerFigures {
  /** The first worker of a server, which finds nothing compiled. */
  readonly firstStartMs: number
  readonly coldStartMs: number
  /** Resident, after it has run a function. */
  readonly memoryMb: number
  /** From a runaway function's deadline to its caller's answer. */
  readonly killedAfterMs: number
  /** From there until as many calls as before run at once. */
  readonly replacedAfterMs: number
  /** Calls of another function while the runaway ran and was ended. */
  readonly others: number
  readonly othersFailed: number
}

/** Runs workers without HTTP, and one function that never ends. */
export async function measureWorkers(): Promise<WorkerFigures> {
  const home = mkdtempSync(join(tmpdir(), 'drawbridge-bench-'))
  write('answer', 'exports.main = async () => 1')
  write('spin', 'exports.main = async () => { for (;;); }', { 'cloudfunction-config': { timeout: 1 } })
  write('die', 'exports.main = async () => process.exit(0)')
  const started: Extract<HostEvent, { type: 'worker-started' }>[] = []
  const host = await createFunctionHost({
    spaces: [
      {
        spaceId: 'bench',
        clientSecret: '',
        origins: [],
        provider: 'aliyun',
        functionsFolder: home,
        environment: {},
        workers: { max: 2, memoryMb: 256, timeoutSeconds: 10, queueMax: 1000 },
      },
    ],
    services: {},
    log: createFunctionLog(),
    now: () => Date.now(),
    sleep: (ms, signal) => wait(ms, undefined, { ...(signal && { signal }) }),
    onEvent(event) {
      if (event.type === 'worker-started') started.push(event)
    },
  })
  await call('answer')
  const [first] = started
  await wait(1000)

  for (let run = 0; run < RUNS; run += 1) {
    // More than one at once: the spare one has to be replaced as well.
    await Promise.allSettled([call('die'), call('die'), call('die')])
    await Promise.all([call('answer'), call('answer')])
    await wait(300)
  }
  const coldStarts = started.slice(1).map(({ tookMs }) => tookMs)
  const memoryMb = residentMb(started.at(-1)?.pid ?? 0)

  const runaways = []
  for (let run = 0; run < RUNS; run += 1) {
    runaways.push(await runaway())
    await wait(500)
  }
  await host.close()
  rmSync(home, { recursive: true, force: true })
  return {
    firstStartMs: first?.tookMs ?? Number.NaN,
    coldStartMs: median(coldStarts),
    memoryMb,
    killedAfterMs: median(runaways.map(({ killedAfterMs }) => killedAfterMs)),
    replacedAfterMs: median(runaways.map(({ replacedAfterMs }) => replacedAfterMs)),
    others: runaways.reduce((sum, { others }) => sum + others, 0),
    othersFailed: runaways.reduce((sum, { othersFailed }) => sum + othersFailed, 0),
  }

  async function runaway(): Promise<
    Pick<WorkerFigures, 'killedAfterMs' | 'replacedAfterMs' | 'others' | 'othersFailed'>
  > {
    let others = 0
    let othersFailed = 0
    const over = new AbortController()
    const neighbour = (async () => {
      while (!over.signal.aborted) {
        await call('answer').catch(() => (othersFailed += 1))
        others += 1
        await wait(5)
      }
    })()
    const startedAt = performance.now()
    await call('spin').catch(() => undefined)
    const endedAt = performance.now()
    await Promise.all([call('answer'), call('answer')])
    const answeredAt = performance.now()
    over.abort()
    await neighbour
    return {
      killedAfterMs: endedAt - startedAt - 1000,
      replacedAfterMs: answeredAt - endedAt,
      others,
      othersFailed,
    }
  }

  function call(name: string): Promise<string> {
    return host.call({
      spaceId: 'bench',
      name,
      event: {},
      facts: { source: 'server', requestId: 'bench', secretType: 'none', clientInfo: {}, clientIp: '', userAgent: '' },
      depth: 0,
    })
  }

  function write(name: string, source: string, manifest: object = {}): void {
    mkdirSync(join(home, name))
    writeFileSync(join(home, name, 'index.js'), source)
    writeFileSync(join(home, name, 'package.json'), JSON.stringify(manifest))
  }
}

function residentMb(pid: number): number {
  const [, kilobytes = 'NaN'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}
