import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { createFrameReader, encodeFrame } from '../wire/frame-codec.ts'
import { FRAME_MAX_BYTES, HEAD_MAX_BYTES } from '../wire/frame-limits.ts'
import type {
  CallFacts,
  FromWorker,
  FunctionEntry,
  FunctionFault,
  LoadFault,
  SpaceFacts,
} from '../wire/worker-frame.ts'
import { workerEntry } from './worker-entry.ts'

/** A question of a worker, and the answer of the test. */
export type Answer = (service: string, method: string, params: unknown, call: number) => unknown

/** What an answer may throw: the server's refusal. */
export class Refusal extends Error {
  readonly code: string
  readonly detail: unknown
  constructor(code: string, message: string, detail?: unknown) {
    super(message)
    this.code = code
    this.detail = detail
  }
}

/** How a call ended. */
export interface Outcome {
  readonly ok: boolean
  readonly value: unknown
  readonly fault: FunctionFault
  readonly leftover: boolean
}

/** A real worker process with a server of the test's at the other end of its pipe. */
export interface WorkerFixture {
  readonly root: string
  readonly faults: readonly LoadFault[]
  readonly logs: { readonly call: number; readonly level: string; readonly text: string }[]
  readonly frames: FromWorker[]
  readonly exited: Promise<number | null>
  call(name: string, event?: unknown, facts?: Partial<CallFacts>): Promise<Outcome>
  /** Closes the server's end of the pipe. */
  hangUp(): void
  [Symbol.asyncDispose](): Promise<void>
}

/** Writes a project's files (by path below `cloudfunctions/`) and starts a worker on them, as the server does. */
export async function startWorkerFixture(
  files: Readonly<Record<string, string>>,
  {
    answer = () => null,
    space = {},
    env = {},
    start = {},
  }: {
    readonly answer?: Answer
    readonly space?: Partial<SpaceFacts>
    readonly env?: Record<string, string>
    readonly start?: { readonly checkSyntax?: boolean; readonly resultMaxBytes?: number }
  } = {},
): Promise<WorkerFixture> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'drawbridge-worker-')))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const packages = fileURLToPath(new URL('../../../../', import.meta.url))
  const child = spawn(
    process.execPath,
    ['--permission', `--allow-fs-read=${root}`, `--allow-fs-read=${packages}`, fileURLToPath(workerEntry)],
    { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit', 'pipe'] },
  )
  const pipe = child.stdio[3] as Duplex
  const calls = new Map<number, (outcome: Outcome) => void>()
  const logs: WorkerFixture['logs'] = []
  const frames: FromWorker[] = []
  const ready = Promise.withResolvers<readonly LoadFault[]>()
  const exited = new Promise<number | null>((resolve) => {
    child.on('exit', (code) => {
      ready.reject(new Error('the worker ended before it was ready'))
      for (const settle of calls.values()) settle(outcomeOf(false, { code: 'FUNCTION_CRASHED', message: '' }, false))
      resolve(code)
    })
  })
  pipe.on('error', () => undefined)
  const reply = async (head: Extract<FromWorker, { t: 'ask' }>, params: unknown): Promise<void> => {
    try {
      const value = await answer(head.service, head.method, params, head.call)
      pipe.write(encodeFrame({ t: 'answer', id: head.id, ok: true }, JSON.stringify(value ?? null)))
    } catch (error) {
      const { code = 'SYSTEM_ERROR', message, detail } = error as Partial<Refusal>
      pipe.write(encodeFrame({ t: 'answer', id: head.id, ok: false }, JSON.stringify({ code, message, detail })))
    }
  }
  pipe.on(
    'data',
    createFrameReader(
      FRAME_MAX_BYTES,
      ({ head, payload }) => {
        const frame = head as FromWorker
        frames.push(frame)
        if (frame.t === 'ready') ready.resolve(frame.faults ?? [])
        else if (frame.t === 'log') logs.push({ call: frame.call, level: frame.level, text: frame.text })
        else if (frame.t === 'ask') void reply(frame, JSON.parse(payload.toString()))
        else if (frame.t === 'done') {
          const settle = calls.get(frame.id)
          calls.delete(frame.id)
          settle?.(outcomeOf(frame.ok, JSON.parse(payload.toString()), frame.leftover ?? false))
        }
      },
      HEAD_MAX_BYTES,
    ),
  )
  const { functions, modules } = findFunctions(root, files)
  const facts: SpaceFacts = {
    spaceId: 'space-1',
    provider: 'aliyun',
    runtimeEnv: 'cloud',
    projectRoot: root,
    ...space,
  }
  pipe.write(encodeFrame({ t: 'start', space: facts, functions, modules, ...start }))
  const faults = await ready.promise
  let lastId = 0
  return {
    root,
    faults,
    logs,
    frames,
    exited,
    call: (name, event = {}, told = {}) =>
      new Promise((resolve) => {
        const id = ++lastId
        calls.set(id, resolve)
        const call: CallFacts = { ...PLAIN, requestId: `request-${id}`, ...told }
        pipe.write(encodeFrame({ t: 'call', id, name, facts: call }, JSON.stringify(event)))
      }),
    hangUp: () => void pipe.destroy(),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await exited
      rmSync(root, { recursive: true, force: true })
    },
  }
}

const PLAIN: CallFacts = {
  source: 'client',
  requestId: '',
  secretType: 'none',
  clientInfo: {},
  clientIp: '203.0.113.7',
  userAgent: 'test/1',
}

function outcomeOf(ok: boolean, body: unknown, leftover: boolean): Outcome {
  return { ok, value: ok ? body : undefined, fault: body as FunctionFault, leftover }
}

/** As the server reads a project: a folder is a function, `common/` holds modules. */
function findFunctions(
  root: string,
  files: Readonly<Record<string, string>>,
): { readonly functions: readonly FunctionEntry[]; readonly modules: Readonly<Record<string, string>> } {
  const functions: FunctionEntry[] = []
  const modules: Record<string, string> = {}
  for (const path of Object.keys(files)) {
    const [folder = '', name = ''] = path.split('/')
    const scoped = name.startsWith('@') ? path.split('/').slice(1, 3).join('/') : name
    if (folder === 'common') modules[scoped] = join(root, folder, scoped)
    else if (/^[^/]+\/index(\.obj)?\.[cm]?[jt]s$/.test(path))
      functions.push({
        name: folder,
        kind: path.includes('.obj.') ? 'object' : 'function',
        file: join(root, path),
      })
  }
  return { functions, modules }
}
