import { formatScope, parseScope } from '../../callers/scope.ts'
import type { TokenRecord } from '../../callers/tokens/token-store.ts'
import type { Command, CommandContext, Outcome } from '../command.ts'
import { exitCode } from '../exit-code.ts'
import { formatRemaining, parseLifetime } from '../lifetime.ts'
import { textTable } from '../text-table.ts'

/** The commands for bearer tokens. */
export const tokenCommands: readonly Command[] = [
  {
    name: 'tokens create',
    words: ['<name>'],
    summary: { en: 'Make a bearer token; it is shown once.', zh: '创建 bearer token，仅显示一次。' },
    options: {
      scope: {
        value: 'app:kind:verb',
        isRepeatable: true,
        en: 'A right, e.g. *:access_token:read; may be repeated; *:*:read when left out.',
        zh: '权限，如 *:access_token:read，可重复；默认 *:*:read。',
      },
      'expires-in': { value: 'time', en: '90d, 12h, …; 90d when left out.', zh: '90d、12h 等，默认 90d。' },
    },
    run: create,
  },
  {
    name: 'tokens ls',
    summary: { en: 'List the bearer tokens, never their secrets.', zh: '列出 bearer token（不含机密）。' },
    run: list,
  },
  {
    name: 'tokens revoke',
    words: ['<id>'],
    summary: {
      en: 'End a bearer token; running servers follow within seconds.',
      zh: '吊销 bearer token，运行中的服务数秒内生效。',
    },
    run: revoke,
  },
]

async function create(context: CommandContext): Promise<Outcome> {
  const [name = ''] = context.words
  const texts = context.options('scope')
  const scopes = (texts.length > 0 ? texts : ['*:*:read']).map(parseScope)
  const expiresAt = context.world.now() + parseLifetime(context.option('expires-in') ?? '90d') * 1000
  const { token, record } = await context.withReplica(({ tokens }) =>
    tokens.create({ name, scopes, expiresAt, createdBy: 'cli' }),
  )
  const note = {
    en: `Keep it: it cannot be shown again. Its id, for revoking it: ${record.id}`,
    zh: `请妥善保存：无法再次显示。吊销时使用其 id：${record.id}`,
  }
  context.progress(note)
  return { json: { token, ...shown(record) }, text: token }
}

async function list(context: CommandContext): Promise<Outcome> {
  const records = await context.withReplica(({ tokens }) => tokens.list())
  const now = context.world.now()
  const head =
    context.language === 'zh' ? ['id', '名称', '剩余', '权限', '状态'] : ['id', 'name', 'remaining', 'scopes', 'state']
  const rows = records.map((record) => [
    record.id,
    record.name,
    formatRemaining(record.expiresAt, now),
    record.scopes.map(formatScope).join(' '),
    stateOf(record, now),
  ])
  const nothing = { en: 'There are no tokens.', zh: '没有 token。' }
  return {
    json: { tokens: records.map(shown) },
    text: rows.length === 0 ? context.say(nothing) : textTable([head, ...rows]),
  }
}

async function revoke(context: CommandContext): Promise<Outcome> {
  const [id = ''] = context.words
  const isRevoked = await context.withReplica(({ tokens }) => tokens.revoke(id))
  if (isRevoked) return { json: { id }, text: context.say({ en: 'Revoked.', zh: '已吊销。' }) }
  const absent = { en: 'There is no such token that still lives.', zh: '没有这个有效的 token。' }
  return { json: { id, error: { code: 'TOKEN_ABSENT', ...absent } }, text: context.say(absent), exit: exitCode.absent }
}

function stateOf({ revokedAt, expiresAt }: TokenRecord, now: number): string {
  if (revokedAt !== null) return 'revoked'
  return expiresAt <= now ? 'expired' : 'live'
}

function shown(record: TokenRecord): Readonly<Record<string, unknown>> {
  return { ...record, scopes: record.scopes.map(formatScope) }
}
