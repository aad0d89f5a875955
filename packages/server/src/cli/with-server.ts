import { join, resolve } from 'node:path'
import { DrawbridgeError, errorTable } from '@drawbridge/protocol'
import type { ErrorCode } from '@drawbridge/protocol'
import { parseScope } from '../callers/scope.ts'
import { readQuickStartFile } from '../quick-start/quick-start-file.ts'
import type { CommandContext, CommandOption } from './command.ts'
import { quickStartFileName } from './commands/quick-start-command.ts'
import { devFileName, readDevFile } from './dev/dev-file.ts'

const ANSWER_WITHIN_MS = 10_000
const TOKEN_LIFE_MS = 86_400_000

/** The options that say which running server is meant. */
export const serverOptions: Readonly<Record<string, CommandOption>> = {
  endpoint: {
    value: 'url',
    isValid: (value) => /^https?:\/\//.test(value) && URL.canParse(value),
    en: 'The server; else the one that dev or quick-start runs here, else host and port of the configuration. DRAWBRIDGE_TOKEN may hold a token for it.',
    zh: '服务地址；默认为此处 dev 或 quick-start 启动的服务，其次为配置中的 host 与 port。可用 DRAWBRIDGE_TOKEN 提供 token。',
  },
  project: {
    value: 'path',
    en: 'The project that drawbridge dev runs; the working directory.',
    zh: 'drawbridge dev 运行的项目，默认当前目录。',
  },
}

/** Asks the running server's API for a path; gives what it answered as JSON. */
export type AskServer = (path: string) => Promise<unknown>

interface Place {
  readonly endpoint: string
  readonly token: string
}

/**
 * Finds the server that runs and a right to its administration, and gives both to the work. Who may open the stores
 * needs no token: one is made for the work and ended after it. Throws `SERVER_UNREACHABLE`, and what the server
 * refuses with.
 */
export async function withServer<Result>(
  context: CommandContext,
  work: (ask: AskServer) => Promise<Result>,
): Promise<Result> {
  const place = await findRunning(context)
  if (place) return work(askServer(place))
  const endpoint = context.option('endpoint') ?? configuredEndpoint(context)
  const given = context.world.env['DRAWBRIDGE_TOKEN']
  if (given !== undefined && given !== '') return work(askServer({ endpoint, token: given }))
  const { token, record } = await context.withReplica(({ tokens }) =>
    tokens.create({
      name: 'cli',
      scopes: [parseScope('*:*:admin')],
      expiresAt: context.world.now() + TOKEN_LIFE_MS,
      createdBy: 'cli',
    }),
  )
  try {
    return await work(askServer({ endpoint, token }))
  } finally {
    await context.withReplica(({ tokens }) => tokens.revoke(record.id))
  }
}

/** What dev or quick-start left behind, if it still answers: the file outlives its server. */
async function findRunning({ option, loadConfig, world }: CommandContext): Promise<Place | undefined> {
  if (option('endpoint') !== undefined) return undefined
  const { dataDir } = loadConfig({ cwd: resolve(world.cwd, option('project') ?? '.') })
  const files = [readDevFile(join(dataDir, devFileName)), readQuickStartFile(join(dataDir, quickStartFileName))]
  for (const file of files) {
    if (!file) continue
    const place = { endpoint: file.endpoint, token: file.bearerToken }
    const isReached = await askServer(place)('/v1/functions').then(
      () => true,
      () => false,
    )
    if (isReached) return place
  }
  return undefined
}

function configuredEndpoint({ config }: CommandContext): string {
  const { host, port } = config()
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`
}

function askServer({ endpoint, token }: Place): AskServer {
  return async (path) => {
    const { ok, body } = await answerOf(endpoint, path, token)
    if (ok) return body
    const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined
    throw new DrawbridgeError(isErrorCode(code) ? code : 'SYSTEM_ERROR', { endpoint })
  }
}

async function answerOf(endpoint: string, path: string, token: string): Promise<{ ok: boolean; body: unknown }> {
  try {
    const response = await fetch(new URL(path, endpoint), {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
    const body: unknown = await response.json()
    return { ok: response.ok, body }
  } catch (cause) {
    throw new DrawbridgeError('SERVER_UNREACHABLE', { endpoint }, { cause })
  }
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorTable, code)
}
