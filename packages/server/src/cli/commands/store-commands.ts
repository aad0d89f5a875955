import { closeSync, existsSync, fchmodSync, openSync, readFileSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { toRedisCommand } from '@drawbridge/bridge'
import type { OpendbDocument } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import { auditOrigin } from '../audited.ts'
import type { Command, CommandContext, Outcome } from '../command.ts'
import { exitCode } from '../exit-code.ts'
import { listAll } from '../list-all.ts'
import type { Replica } from '../machinery.ts'
import { readOpendbText } from '../read-opendb-text.ts'
import { redisLine } from '../redis-line.ts'

const formats = ['opendb-open-data', 'redis'] as const
const formatOption = {
  value: formats.join('|'),
  en: 'One JSON document a line as in the table opendb-open-data (the default), or SET lines for redis-cli.',
  zh: '每行一个 opendb-open-data 文档（默认），或供 redis-cli 使用的 SET 行。',
}

/** The commands that carry credentials from and to uni-open-bridge. */
export const storeCommands: readonly Command[] = [
  {
    name: 'store export',
    summary: {
      en: 'Write every credential as uni-open-bridge stores it: secrets in clear.',
      zh: '按 uni-open-bridge 的存储格式导出全部凭据（机密为明文）。',
    },
    options: {
      format: formatOption,
      out: { value: 'file', en: 'Write to this file, made with mode 0600.', zh: '写入该文件（权限 0600）。' },
      force: { en: 'Overwrite the file if it is there.', zh: '文件已存在时覆盖。' },
      reveal: {
        en: 'Write to standard output, knowing that secrets will be readable.',
        zh: '输出到标准输出（知悉机密将可见）。',
      },
    },
    run: exportStore,
  },
  {
    name: 'store import',
    words: ['<file>'],
    summary: {
      en: 'Read what uni-open-bridge stored: an export of opendb-open-data, JSON or one document a line.',
      zh: '导入 uni-open-bridge 的数据：opendb-open-data 的导出（JSON 或每行一个文档）。',
    },
    options: { format: { ...formatOption, value: 'opendb-open-data' } },
    run: importStore,
  },
]

function chosenFormat({ option }: CommandContext, known: readonly string[]): string {
  const format = option('format') ?? 'opendb-open-data'
  if (known.includes(format)) return format
  throw new DrawbridgeError('REQUEST_INVALID', { field: 'format', expected: known.join(' | ') })
}

async function exportStore(context: CommandContext): Promise<Outcome> {
  const format = chosenFormat(context, formats)
  const file = context.option('out')
  if (file === undefined && !context.has('reveal')) {
    const refusal = {
      en: 'An export holds secrets in clear: name a file with --out, or say --reveal.',
      zh: '导出内容含明文机密：请用 --out 指定文件，或加 --reveal。',
    }
    return { json: { error: { code: 'REVEAL_NEEDED', ...refusal } }, text: context.say(refusal), exit: exitCode.usage }
  }
  const path = file === undefined ? undefined : resolve(context.world.cwd, file)
  const mayOverwrite = context.has('force')
  if (path !== undefined && !mayOverwrite && existsSync(path)) {
    const refusal = {
      en: `${path} is there already: name another file, or say --force to overwrite it.`,
      zh: `${path} 已存在：请换一个文件，或加 --force 覆盖。`,
    }
    return { json: { error: { code: 'FILE_EXISTS', ...refusal } }, text: context.say(refusal), exit: exitCode.usage }
  }
  const lineOf = lineWriter(format, context.world.now)
  const documents = await context.withReplica(async (replica) => {
    await recordReads(context, replica)
    const write = path === undefined ? undefined : openPrivate(path, mayOverwrite)
    const all: OpendbDocument[] = []
    let count = 0
    try {
      for await (const document of replica.exportOpendb()) {
        const line = lineOf(document)
        if (line === undefined) continue
        count += 1
        if (write) write.line(line)
        else if (context.isJson) all.push(document)
        else context.world.out(line)
      }
    } finally {
      write?.close()
    }
    return { all, count }
  })
  const done = {
    en: `${documents.count} documents in ${path ?? ''}`,
    zh: `已导出 ${documents.count} 个文档到 ${path ?? ''}`,
  }
  const json = { count: documents.count, ...(path === undefined ? { documents: documents.all } : { file: path }) }
  return { json, text: path === undefined ? '' : context.say(done) }
}

/** An export reads everything, and the audit trail says so before the first value is out. */
async function recordReads({ world }: CommandContext, { bridge, audit }: Replica): Promise<void> {
  for (const { kind, platform, appid, openid, version } of await listAll(bridge)) {
    const variant = version === undefined ? undefined : String(version)
    audit.record({ ...auditOrigin(world), verb: 'read', kind, platform, appid, openid, variant, result: 'ok' })
  }
}

function lineWriter(format: string, now: () => number): (document: OpendbDocument) => string | undefined {
  if (format === 'opendb-open-data') return (document) => `${JSON.stringify(document)}\n`
  return (document) => {
    const command = toRedisCommand(document, now())
    return command && redisLine(command)
  }
}

function openPrivate(
  path: string,
  mayOverwrite: boolean,
): { readonly line: (text: string) => void; readonly close: () => void } {
  try {
    const handle = openSync(path, mayOverwrite ? 'w' : 'wx', 0o600)
    // The mode above is for a file that is made; one that was there keeps its own until now.
    fchmodSync(handle, 0o600)
    return { line: (text) => void writeSync(handle, text), close: () => closeSync(handle) }
  } catch (cause) {
    throw new DrawbridgeError('REQUEST_INVALID', { field: 'out', reason: 'the file cannot be written' }, { cause })
  }
}

async function importStore(context: CommandContext): Promise<Outcome> {
  chosenFormat(context, ['opendb-open-data'])
  const [file = ''] = context.words
  const documents = readOpendbText(
    file === '-' ? await context.world.readInput() : readFile(resolve(context.world.cwd, file)),
  )
  context.progress({ en: `Importing ${documents.length} documents …`, zh: `正在导入 ${documents.length} 个文档 …` })
  const result = await context.withReplica((replica) => replica.importOpendb(documents))
  const { imported, skipped } = result
  const text = context.say({
    en: `${imported} imported, ${skipped.length} left out (expired, or no credential).`,
    zh: `已导入 ${imported} 个，略过 ${skipped.length} 个（已过期或不是凭据）。`,
  })
  return { json: { imported, skipped }, text: [text, ...skipped.map((id) => `  ${id}`)].join('\n') }
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new DrawbridgeError('REQUEST_INVALID', { field: 'file', reason: 'the file cannot be read' }, { cause })
  }
}
