import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { CallFacts, JsonObject } from '@drawbridge/runtime'
import { createFunctionHost, createFunctionLog } from '@drawbridge/server'
import type { FunctionHost, HostEvent, WorkerLimits, WorkerServices } from '@drawbridge/server'

/** A space with functions that mean harm, and some that mean none. */
export interface FunctionsWorld {
  readonly host: FunctionHost
  readonly events: readonly HostEvent[]
  /** A folder beside the project, where the server's secrets might be. */
  readonly secrets: string
  call(name: string, event?: JsonObject): Promise<unknown>
  /** The code that the call fails with, or `OK`. */
  code(name: string, event?: JsonObject): Promise<string>
  /** How calls of a harmless function fare while something happens: their codes, each once. */
  besides<Result>(happening: Promise<Result>): Promise<{ readonly result: Result; readonly codes: readonly string[] }>
}

/** What differs from world to world. */
export interface FunctionsOptions {
  readonly workers?: Partial<WorkerLimits>
  readonly services?: WorkerServices
  /** Further files, by their path below the functions folder. */
  readonly files?: Readonly<Record<string, string>>
}

const facts: CallFacts = {
  source: 'client',
  requestId: '',
  secretType: 'none',
  clientInfo: {},
  clientIp: '127.0.0.1',
  userAgent: 'test',
}

/** Opens a host whose functions run these bodies, with `event` at hand. Each may run a minute in 320 MiB. */
export async function openFunctionsWorld(
  t: TestContext,
  bodies: Readonly<Record<string, string>>,
  { workers, services = {}, files = {} }: FunctionsOptions = {},
): Promise<FunctionsWorld> {
  const home = mkdtempSync(join(tmpdir(), 'drawbridge-hostile-'))
  const folder = join(home, 'cloudfunctions')
  const functions = Object.entries({ ...bodies, fine: 'return event.n' }).map(
    ([name, body]) => [`${name}/index.js`, `exports.main = async (event) => {\n${body}\n}\n`] as const,
  )
  for (const [path, text] of [...functions, ...Object.entries(files)]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const secrets = join(home, 'secrets')
  mkdirSync(secrets)
  writeFileSync(join(secrets, 'master.key'), 'the-master-key')
  const events: HostEvent[] = []
  const host = await createFunctionHost({
    spaces: [
      {
        spaceId: 'space',
        clientSecret: 'secret',
        origins: [],
        provider: 'aliyun',
        functionsFolder: folder,
        environment: {},
        workers: { max: 3, memoryMb: 320, timeoutSeconds: 60, queueMax: 100, ...workers },
      },
    ],
    services,
    log: createFunctionLog(),
    now: () => Date.now(),
    sleep: (ms, signal) => wait(ms, undefined, { ref: false, ...(signal && { signal }) }),
    onEvent: (event) => void events.push(event),
  })
  t.after(async () => {
    await host.close()
    rmSync(home, { recursive: true, force: true })
  })
  let count = 0
  const call = async (name: string, event: JsonObject = {}): Promise<unknown> => {
    count += 1
    const text = await host.call({
      spaceId: 'space',
      name,
      event,
      facts: { ...facts, requestId: `request-${count}` },
      depth: 0,
    })
    return JSON.parse(text) as unknown
  }
  const code = (name: string, event?: JsonObject): Promise<string> => call(name, event).then(() => 'OK', codeOf)
  return {
    host,
    events,
    secrets,
    call,
    code,
    async besides(happening) {
      const codes = new Set<string>()
      let isOver = false
      const neighbour = async (): Promise<void> => {
        for (let n = 0; n < 3 || !isOver; n += 1) {
          const answer = await call('fine', { n }).then((result) => (result === n ? 'OK' : 'WRONG'), codeOf)
          codes.add(answer)
          await wait(5)
        }
      }
      const neighbours = [neighbour(), neighbour()]
      try {
        const result = await happening
        isOver = true
        await Promise.all(neighbours)
        return { result, codes: [...codes] }
      } finally {
        isOver = true
      }
    },
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
}
