import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { FunctionLogEntry } from '../../functions/function-log.ts'
import type { Command, CommandContext, CommandOption, Outcome } from '../command.ts'
import type { AskServer } from '../with-server.ts'
import { serverOptions, withServer } from '../with-server.ts'
import { logLine } from '../log-line.ts'

const LOOK_MS = 500
const RETRY_MS = 2000
const LIMIT_USUAL = '100'
const PAGE = '1000'

const options: Readonly<Record<string, CommandOption>> = {
  follow: {
    short: 'f',
    en: 'Go on with what is logged from now on, until Ctrl-C.',
    zh: '持续输出新日志，直到 Ctrl-C。',
  },
  name: { value: 'function', en: 'Only this function.', zh: '仅此云函数。' },
  'request-id': { value: 'id', en: 'Only this call.', zh: '仅此次调用。' },
  space: { value: 'spaceId', en: 'Only this space.', zh: '仅此服务空间。' },
  limit: {
    value: 'n',
    isValid: (value) => /^[1-9]\d{0,3}$/.test(value) && Number(value) <= Number(PAGE),
    en: 'How many of the last lines; 100, at most 1000.',
    zh: '最近的行数，默认 100，最多 1000。',
  },
  ...serverOptions,
}

const summary = {
  en: 'Show what the functions of a running server logged.',
  zh: '查看运行中服务的云函数日志。',
} as const

/** `functions logs`, and the same by its short name. */
export const logCommands: readonly Command[] = [
  { name: 'functions logs', summary, options, run: showLog },
  { name: 'logs', summary, options, run: showLog },
]

const pageSchema = Compile(
  Type.Object({
    items: Type.Array(
      Type.Object({
        seq: Type.Number(),
        at: Type.Number(),
        spaceId: Type.String(),
        name: Type.String(),
        requestId: Type.String(),
        level: Type.Enum(['log', 'info', 'warn', 'error', 'debug']),
        text: Type.String(),
        end: Type.Optional(Type.Object({ code: Type.String(), durationMs: Type.Number(), memoryMb: Type.Number() })),
      }),
    ),
    next: Type.Number(),
    startedAt: Type.Number(),
  }),
)

interface Page {
  readonly items: readonly FunctionLogEntry[]
  readonly next: number
  readonly startedAt: number
}

async function showLog(context: CommandContext): Promise<Outcome | undefined> {
  return withServer(context, async (ask) => {
    const page = await readPage(context, ask, { limit: context.option('limit') ?? LIMIT_USUAL })
    if (!context.has('follow')) {
      const nothing = { en: 'Nothing was logged.', zh: '没有日志。' }
      const text = page.items.length === 0 ? context.say(nothing) : page.items.map(logLine).join('')
      return { json: { items: page.items }, text }
    }
    show(context, page.items)
    // What merely waits does not keep the process, and nothing else is left to do between two looks.
    const release = context.world.hold?.()
    try {
      await follow(context, ask, page)
    } finally {
      release?.()
    }
    return undefined
  })
}

async function follow(context: CommandContext, ask: AskServer, first: Page): Promise<void> {
  const closing = new AbortController()
  const stopped = context.world.stopped().then(() => closing.abort())
  let page = first
  let isAway = false
  const isOver = (): boolean => closing.signal.aborted
  while (!isOver()) {
    await context.world.sleep(isAway ? RETRY_MS : LOOK_MS, closing.signal).catch(() => undefined)
    if (isOver()) break
    try {
      const next = await readPage(context, ask, { after: String(page.next), limit: PAGE })
      // A server that was started anew counts from the beginning.
      page = next.startedAt === page.startedAt ? next : await readPage(context, ask, { after: '0', limit: PAGE })
      show(context, page.items)
      isAway = false
    } catch (error) {
      if (!(error instanceof DrawbridgeError) || error.code !== 'SERVER_UNREACHABLE') throw error
      if (!isAway) context.progress({ en: 'The server is away; waiting.', zh: '服务已断开，等待恢复。' })
      isAway = true
    }
  }
  await stopped
}

async function readPage(
  { option }: CommandContext,
  ask: AskServer,
  { after, limit }: { readonly after?: string; readonly limit: string },
): Promise<Page> {
  const query = new URLSearchParams({ limit })
  if (after !== undefined) query.set('after', after)
  const filters = { space: option('space'), name: option('name'), requestId: option('request-id') }
  for (const [name, value] of Object.entries(filters)) if (value !== undefined) query.set(name, value)
  const answer = await ask(`/v1/functions/logs?${query.toString()}`)
  if (!pageSchema.Check(answer)) throw new DrawbridgeError('SYSTEM_ERROR', { answer: 'no page of a log' })
  return answer
}

function show({ world, isJson, announce }: CommandContext, items: readonly FunctionLogEntry[]): void {
  for (const entry of items) {
    if (isJson) announce({ entry })
    else world.out(logLine(entry))
  }
}
