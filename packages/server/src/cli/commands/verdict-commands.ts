import { DrawbridgeError } from '@drawbridge/protocol'
import { remedyOfVerdict } from '../../secure-network/refusal.ts'
import type { SecureNetworkDesk } from '../../secure-network/verdicts/open-desk.ts'
import type { VerdictQuery, VerdictRow } from '../../secure-network/verdicts/verdict-store.ts'
import type { Command, CommandContext, Outcome } from '../command.ts'
import { parseLifetime } from '../lifetime.ts'
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
  const query = readQuery(context)
  return withDesk(context, async (desk) => {
    const items = [...(await desk.verdicts.query(query))].reverse()
    if (!context.has('follow')) {
      const nothing = { en: 'Nothing was refused.', zh: '没有被拒绝的调用。' }
      const text = items.length === 0 ? context.say(nothing) : `${items.map(line).join('')}${remedies(context, items)}`
      return { json: { items: items.map(withRemedy) }, text }
    }
    show(context, items)
    const release = context.world.hold?.()
    try {
      await follow(context, desk, query, items.at(-1)?.id ?? 0)
    } finally {
      release?.()
    }
    return undefined
  })
}

async function follow(
  context: CommandContext,
  { verdicts }: SecureNetworkDesk,
  query: VerdictQuery,
  lastId: number,
): Promise<void> {
  const closing = new AbortController()
  const stopped = context.world.stopped().then(() => closing.abort())
  let after = lastId
  for (;;) {
    await context.world.sleep(LOOK_MS, closing.signal).catch(() => undefined)
    const items = await verdicts.query({ ...query, after, limit: LIMIT_MAX })
    show(context, items)
    after = items.at(-1)?.id ?? after
    if (closing.signal.aborted) break
  }
  await stopped
}

function show({ world, isJson, announce }: CommandContext, items: readonly VerdictRow[]): void {
  for (const item of items) {
    if (isJson) announce({ verdict: withRemedy(item) })
    else world.out(line(item))
  }
}

function readQuery({ option, world }: CommandContext): VerdictQuery {
  const limit = Number(option('limit') ?? LIMIT_USUAL)
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX)
    throw new DrawbridgeError('REQUEST_INVALID', { field: 'limit', reason: `1 to ${LIMIT_MAX}` })
  const outcome = option('outcome')
  if (outcome !== undefined && outcome !== 'refused' && outcome !== 'would-refuse')
    throw new DrawbridgeError('REQUEST_INVALID', { field: 'outcome', reason: 'refused or would-refuse' })
  const since = option('since')
  return {
    spaceId: option('space'),
    functionName: option('function'),
    code: option('code'),
    appId: option('app'),
    outcome,
    since: since === undefined ? undefined : world.now() - secondsOf(since) * 1000,
    limit,
  }
}

function secondsOf(since: string): number {
  try {
    return parseLifetime(since)
  } catch (cause) {
    throw new DrawbridgeError('DURATION_INVALID', { field: 'since', expected: '30m | 2h | 7d' }, { cause })
  }
}

function withRemedy(row: VerdictRow): object {
  const remedy = row.code && remedyOfVerdict(row.code)
  return remedy ? { ...row, remedy } : row
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

/** What to do, once for each code; of some the reason alone tells. */
function remedies({ say }: CommandContext, items: readonly VerdictRow[]): string {
  const codes = new Set(items.flatMap(({ code }) => (code ? [code] : [])))
  return [...codes]
    .map((code) => [code, remedyOfVerdict(code)] as const)
    .map(([code, remedy]) => (remedy ? `${code} → ${say(remedy)}\n` : ''))
    .join('')
}
