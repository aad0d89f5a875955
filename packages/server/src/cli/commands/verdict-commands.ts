import { DrawbridgeError } from '@drawbridge/protocol'
import { remedyOfCode } from '../../secure-network/verdict-remedy.ts'
import type { SecureNetworkDesk } from '../../secure-network/verdicts/open-desk.ts'
import type { VerdictQuery, VerdictRow } from '../../secure-network/verdicts/verdict-store.ts'
import type { Command, CommandContext, Outcome } from '../command.ts'
import type { Sentence } from '../language.ts'
import { parseLifetime } from '../lifetime.ts'
import { usageMistake } from '../usage-mistake.ts'
import { visibleText } from '../visible-text.ts'
import { withDesk } from '../with-desk.ts'

const LIMIT_USUAL = 50
const LIMIT_MAX = 1000
const LOOK_MS = 1000

/** `verdicts`: why calls were refused. */
export const verdictCommands: readonly Command[] = [
  {
    name: 'verdicts',
    summary: {
      en: 'Show which calls were refused, or would be in monitor mode, and why.',
      zh: '查看被拒绝（或在 monitor 模式下将被拒绝）的调用及原因。',
    },
    options: {
      space: { value: 'spaceId', en: 'Only this space.', zh: '仅此服务空间。' },
      function: { value: 'name', en: 'Only this function or object.', zh: '仅此云函数或云对象。' },
      code: {
        value: 'code',
        en: 'Only this code, such as ENVELOPE_REQUIRED.',
        zh: '仅此错误码，如 ENVELOPE_REQUIRED。',
      },
      app: { value: 'appId', en: 'Only this app, __UNI__….', zh: '仅此应用 __UNI__…。' },
      outcome: { value: 'refused|would-refuse', en: 'Only these.', zh: '仅此结果。' },
      since: {
        value: '2h',
        en: 'Not longer ago than this, such as 30m, 2h, 7d.',
        zh: '仅最近一段时间，如 30m、2h、7d。',
      },
      limit: { value: 'n', en: 'How many of the last; 50, at most 1000.', zh: '最近条数，默认 50，最多 1000。' },
      follow: { short: 'f', en: 'Go on with what comes, until Ctrl-C.', zh: '持续输出，直到 Ctrl-C。' },
    },
    run: showVerdicts,
  },
]

async function showVerdicts(context: CommandContext): Promise<Outcome | undefined> {
  const since = readSince(context)
  if (since === 'wrong') return usageMistake(context, SINCE_WRONG)
  const query = { ...readQuery(context), since }
  return withDesk(context, async (desk) => {
    const items = [...(await desk.verdicts.query(query))].reverse()
    if (!context.has('follow')) {
      const nothing = { en: 'Nothing was refused.', zh: '没有被拒绝的调用。' }
      const text =
        items.length === 0 ? context.say(nothing) : `${items.map(line).join('')}${remedyLines(context, items).join('')}`
      return { json: { items }, text }
    }
    const told = new Set<string>()
    show(context, items, told)
    const release = context.world.hold?.()
    try {
      await follow(context, desk, { query, lastId: items.at(-1)?.id ?? 0, told })
    } finally {
      release?.()
    }
    return undefined
  })
}

async function follow(
  context: CommandContext,
  { verdicts }: SecureNetworkDesk,
  { query, lastId, told }: { readonly query: VerdictQuery; readonly lastId: number; readonly told: Set<string> },
): Promise<void> {
  const closing = new AbortController()
  const stopped = context.world.stopped().then(() => closing.abort())
  let after = lastId
  for (;;) {
    await context.world.sleep(LOOK_MS, closing.signal).catch(() => undefined)
    const items = await verdicts.query({ ...query, after, limit: LIMIT_MAX })
    show(context, items, told)
    after = items.at(-1)?.id ?? after
    if (closing.signal.aborted) break
  }
  await stopped
}

/** `told`: the remedies that were shown; it is added to. */
function show(context: CommandContext, items: readonly VerdictRow[], told: Set<string>): void {
  const { world, isJson, announce } = context
  if (isJson) {
    for (const verdict of items) announce({ verdict })
    return
  }
  for (const item of items) world.out(line(item))
  for (const remedy of remedyLines(context, items)) {
    if (!told.has(remedy)) world.out(remedy)
    told.add(remedy)
  }
}

function readQuery({ option }: CommandContext): VerdictQuery {
  const limit = Number(option('limit') ?? LIMIT_USUAL)
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX)
    throw new DrawbridgeError('REQUEST_INVALID', { field: 'limit', reason: `1 to ${LIMIT_MAX}` })
  const outcome = option('outcome')
  if (outcome !== undefined && outcome !== 'refused' && outcome !== 'would-refuse')
    throw new DrawbridgeError('REQUEST_INVALID', { field: 'outcome', reason: 'refused or would-refuse' })
  return {
    spaceId: option('space'),
    functionName: option('function'),
    code: option('code'),
    appId: option('app'),
    outcome,
    limit,
  }
}

/** The moment that `--since` stands for, ms since epoch. */
function readSince({ option, world }: CommandContext): number | undefined | 'wrong' {
  const since = option('since')
  if (since === undefined) return undefined
  try {
    return world.now() - parseLifetime(since) * 1000
  } catch {
    return 'wrong'
  }
}

const SINCE_WRONG: Sentence = {
  en: '--since takes how long ago: a whole number with s, m, h or d, such as 30m, 2h or 7d.',
  zh: '--since 的值是时长：整数加 s、m、h 或 d，如 30m、2h、7d。',
}

/** One line: when, what, which call, why, by whom. */
function line({
  lastAt,
  outcome,
  count,
  spaceId,
  target,
  code,
  reason,
  rule,
  evidence,
  requestId,
}: VerdictRow): string {
  const told = Object.entries(evidence).map(([name, value]) => `${name}=${toldText(String(value))}`)
  const parts = [
    new Date(lastAt).toISOString(),
    `${outcome}${count > 1 ? ` ×${count}` : ''}`,
    `${spaceId}/${target}`,
    code ?? '',
    `${reason ?? ''}${rule === undefined ? '' : ` (rule ${rule})`}`,
    told.join(' '),
    requestId,
  ]
  return `${visibleText(parts.join('  '))}\n`
}

/** Strangers choose what is told: a text with blanks in it must not look like two. */
function toldText(text: string): string {
  return /[\s"=]/.test(text) ? JSON.stringify(text) : text
}

/** What to do, once for each code, and once for each reason that has a remedy of its own. */
function remedyLines({ say }: CommandContext, items: readonly VerdictRow[]): readonly string[] {
  const lines = items.flatMap(({ code, reason, remedy }) => {
    if (!code || !remedy) return []
    const isOwn = remedy.en !== remedyOfCode(code).en
    return [`${code}${isOwn ? ` (${visibleText(reason ?? '')})` : ''} → ${say(remedy)}\n`]
  })
  return [...new Set(lines)]
}
