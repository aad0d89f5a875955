import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { CallFacts, JsonObject } from '@drawbridge/runtime'
import type { Space, WorkerLimits } from '../spaces/space.ts'
import { createFunctionHost } from './create-function-host.ts'
import { createFunctionLog } from './create-function-log.ts'
import type { FunctionHost } from './function-host.ts'
import type { HostEvent } from './host-event.ts'
import type { WorkerServices } from './ask-context.ts'

export const SPACE_ID = 'space'

/** Files by their path below the functions folder. */
export type ProjectFiles = Readonly<Record<string, string>>

/** A functions folder on the disk, gone with the test. */
export function makeProject(t: TestContext, files: ProjectFiles): string {
  const home = mkdtempSync(join(tmpdir(), 'drawbridge-project-'))
  t.after(() => rmSync(home, { recursive: true, force: true }))
  const folder = join(home, 'uniCloud', 'cloudfunctions')
  mkdirSync(folder, { recursive: true })
  writeFiles(folder, files)
  return folder
}

export function writeFiles(folder: string, files: ProjectFiles): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}

/** The folder of a function that runs this body, with `event` and `context`. */
export function functionOf(name: string, body: string, config?: JsonObject): ProjectFiles {
  return {
    [`${name}/index.js`]: `exports.main = async (event, context) => {\n${body}\n}\n`,
    ...(config && { [`${name}/package.json`]: JSON.stringify({ name, 'cloudfunction-config': config }) }),
  }
}

export interface HostWorld {
  readonly host: FunctionHost
  readonly folder: string
  readonly events: HostEvent[]
  /** The result, parsed. */
  call(name: string, event?: JsonObject, change?: { depth?: number; facts?: Partial<CallFacts> }): Promise<unknown>
  /** The code that a call fails with; `OK` when it does not. */
  code(name: string, event?: JsonObject): Promise<string>
  /** Waits until an event is told that fits, past ones included. */
  until(fits: (event: HostEvent) => boolean): Promise<HostEvent>
  pids(): ReadonlySet<number | undefined>
}

export interface WorldOptions {
  readonly workers?: Partial<WorkerLimits>
  readonly space?: Partial<Space>
  readonly services?: (host: () => FunctionHost) => WorkerServices
}

export async function openHost(t: TestContext, files: ProjectFiles, options: WorldOptions = {}): Promise<HostWorld> {
  const folder = makeProject(t, files)
  const events: HostEvent[] = []
  const space: Space = {
    spaceId: SPACE_ID,
    clientSecret: 'secret',
    origins: [],
    provider: 'aliyun',
    functionsFolder: folder,
    environment: {},
    workers: { max: 2, memoryMb: 512, timeoutSeconds: 60, queueMax: 100, ...options.workers },
    ...options.space,
  }
  const world: { host?: FunctionHost } = {}
  const host = await createFunctionHost({
    spaces: [space],
    services: options.services?.(() => world.host ?? host) ?? {},
    log: createFunctionLog(),
    now: () => Date.now(),
    sleep: (ms, signal) => wait(ms, undefined, { ref: false, ...(signal && { signal }) }),
    onEvent: (event) => void events.push(event),
  })
  world.host = host
  t.after(() => host.close())
  let calls = 0
  const call: HostWorld['call'] = async (name, event = {}, { depth = 0, facts } = {}) => {
    calls += 1
    const text = await host.call({
      spaceId: SPACE_ID,
      name,
      event,
      facts: { ...factsOf(`r${calls}`), ...facts },
      depth,
    })
    return JSON.parse(text) as unknown
  }
  return {
    host,
    folder,
    events,
    call,
    code: (name, event) =>
      call(name, event).then(
        () => 'OK',
        (cause: unknown) => (cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)),
      ),
    async until(fits) {
      for (;;) {
        const found = events.find(fits)
        if (found) return found
        await wait(5)
      }
    },
    pids: () => new Set(events.flatMap((event) => (event.type === 'worker-started' ? [event.pid] : []))),
  }
}

export function factsOf(requestId: string): CallFacts {
  return { source: 'client', requestId, secretType: 'none', clientInfo: {}, clientIp: '127.0.0.1', userAgent: 'test' }
}
