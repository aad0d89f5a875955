import type { Bridge, Credential, CredentialKey, CredentialSummary, CredentialValue } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { AuditVerb } from '../../audit/audit-entry.ts'
import { isPlatformId } from '../../config/platform-table.ts'
import { audited } from '../audited.ts'
import type { Command, CommandContext, Outcome } from '../command.ts'
import { credentialKey, keyOptions } from '../credential-key.ts'
import { exitCode } from '../exit-code.ts'
import { listAll } from '../list-all.ts'
import { formatRemaining, parseLifetime } from '../lifetime.ts'
import { textTable } from '../text-table.ts'

/** The commands that show and change credentials. They work beside running servers, as one more replica. */
export const credentialCommands: readonly Command[] = [
  {
    name: 'credentials ls',
    summary: {
      en: 'List what is stored, with remaining life and without values.',
      zh: '列出已保存的凭据（含剩余有效期，不含值）。',
    },
    options: {
      platform: { value: 'platform', en: 'Only this platform.', zh: '仅此平台。' },
      appid: { value: 'appid', en: 'Only this app.', zh: '仅此应用。' },
    },
    run: list,
  },
  {
    name: 'credentials get',
    words: ['<kind>'],
    summary: {
      en: 'Show one credential, fetched if need be. The value is a secret.',
      zh: '读取一个凭据（必要时向平台获取）。值为机密。',
    },
    options: keyOptions,
    run: get,
  },
  {
    name: 'credentials refresh',
    words: ['<kind>'],
    summary: { en: 'Ask the platform now.', zh: '立即向平台刷新。' },
    options: {
      ...keyOptions,
      force: { en: 'Use force_refresh, within the platform’s limits.', zh: '使用 force_refresh（受平台次数限制）。' },
    },
    run: refresh,
  },
  {
    name: 'credentials set',
    words: ['<kind>'],
    summary: {
      en: 'Push a value; JSON on standard input, or --value-file.',
      zh: '写入凭据；JSON 从标准输入或 --value-file 读取。',
    },
    options: {
      ...keyOptions,
      'value-file': { value: 'file', en: 'A file with the JSON object.', zh: '含 JSON 对象的文件。' },
      'expires-in': {
        value: 'time',
        en: '7200, 120m, 2h, 90d; never when left out.',
        zh: '7200、120m、2h、90d；省略则永不过期。',
      },
    },
    run: set,
  },
  {
    name: 'credentials rm',
    words: ['<kind>'],
    summary: { en: 'Remove one credential.', zh: '删除一个凭据。' },
    options: keyOptions,
    run: remove,
  },
]

/** One act on the credential that the command line names, on the record. */
function act<T>(
  context: CommandContext,
  verb: AuditVerb,
  work: (bridge: Bridge, key: CredentialKey) => Promise<T>,
): Promise<T> {
  return context.withReplica((replica) => {
    const key = credentialKey(context, replica.bridge.apps)
    return audited(context, replica, verb, key, () => work(replica.bridge, key))
  })
}

async function list(context: CommandContext): Promise<Outcome> {
  const platform = context.option('platform')
  if (platform !== undefined && !isPlatformId(platform)) {
    throw new DrawbridgeError('CREDENTIAL_KEY_INVALID', { field: 'platform' })
  }
  const appid = context.option('appid')
  const credentials = await context.withReplica(({ bridge }) => listAll(bridge, { platform, appid }))
  const now = context.world.now()
  const head =
    context.language === 'zh' ? ['键', '剩余', '来源', '上次刷新'] : ['key', 'remaining', 'source', 'last refresh']
  const rows = credentials.map((one) => [
    one.storageKey,
    formatRemaining(one.expiresAt, now),
    one.source,
    lastRefresh(one),
  ])
  const nothing = { en: 'Nothing is stored yet.', zh: '尚未保存任何凭据。' }
  return { json: { credentials }, text: rows.length === 0 ? context.say(nothing) : textTable([head, ...rows]) }
}

function lastRefresh({ lastRefresh: note }: CredentialSummary): string {
  if (!note) return '-'
  const error = note.error ? ` ${note.error.errcode ?? note.error.code}` : ''
  return `${new Date(note.at).toISOString()} ${note.outcome}${error}`
}

async function get(context: CommandContext): Promise<Outcome> {
  const credential = await act(context, 'read', (bridge, key) => bridge.get(key))
  if (!credential) {
    return {
      json: { credential: null },
      text: context.say({ en: 'There is none.', zh: '没有该凭据。' }),
      exit: exitCode.absent,
    }
  }
  return { json: { credential: shown(credential) }, text: JSON.stringify(credential.value, undefined, 2) }
}

function shown({ value, expiresAt, obtainedAt, source, revision }: Credential): Credential {
  return { value, expiresAt, obtainedAt, source, revision }
}

async function refresh(context: CommandContext): Promise<Outcome> {
  context.progress({ en: 'Asking the platform …', zh: '正在向平台请求 …' })
  const outcome = await act(context, 'refresh', (bridge, key) => bridge.refresh(key, { force: context.has('force') }))
  const remaining = formatRemaining(outcome.expiresAt, context.world.now())
  const sentence = {
    refreshed: { en: `Refreshed; it lives for another ${remaining}.`, zh: `已刷新，剩余有效期 ${remaining}。` },
    unchanged: {
      en: `The platform gave the same value; it lives for another ${remaining}.`,
      zh: `平台返回了相同的值，剩余有效期 ${remaining}。`,
    },
    superseded: { en: 'Another replica had replaced it already.', zh: '其他副本已更新该凭据。' },
  }[outcome.outcome]
  return { json: { ...outcome }, text: context.say(sentence) }
}

async function set(context: CommandContext): Promise<Outcome> {
  const value = parseValue(await readValue(context))
  const lifetime = context.option('expires-in')
  const expiresIn = lifetime === undefined ? undefined : parseLifetime(lifetime)
  await act(context, 'set', (bridge, key) => bridge.set(key, value, expiresIn))
  return { json: {}, text: context.say({ en: 'Stored.', zh: '已保存。' }) }
}

async function readValue({ option, world, progress }: CommandContext): Promise<string> {
  const file = option('value-file')
  if (file !== undefined && file !== '-') {
    try {
      return readFileSync(resolve(world.cwd, file), 'utf8')
    } catch (cause) {
      throw new DrawbridgeError('CREDENTIAL_VALUE_INVALID', { file }, { cause })
    }
  }
  if (world.isInteractive)
    progress({ en: 'Type the JSON object, then Ctrl-D:', zh: '请输入 JSON 对象，以 Ctrl-D 结束：' })
  return world.readInput()
}

function parseValue(text: string): CredentialValue {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new DrawbridgeError('CREDENTIAL_VALUE_INVALID', { expected: '{"access_token":"…"}' }, { cause })
  }
  if (!isValue(value)) throw new DrawbridgeError('CREDENTIAL_VALUE_INVALID', { expected: '{"access_token":"…"}' })
  return value
}

function isValue(value: unknown): value is CredentialValue {
  return typeof value === 'object' && value !== null
}

async function remove(context: CommandContext): Promise<Outcome> {
  await act(context, 'remove', (bridge, key) => bridge.remove(key))
  return { json: {}, text: context.say({ en: 'Removed.', zh: '已删除。' }) }
}
