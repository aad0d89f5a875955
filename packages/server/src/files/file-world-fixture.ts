import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { createApps } from '@drawbridge/bridge'
import type { Bridge } from '@drawbridge/bridge'
import type { CallFacts } from '@drawbridge/runtime'
import { createCallers } from '../callers/create-callers.ts'
import { createBearerTokens } from '../callers/tokens/bearer-tokens.ts'
import type { BearerTokens } from '../callers/tokens/bearer-tokens.ts'
import { createLog } from '../log/create-log.ts'
import { createHttpServer } from '../http/create-http-server.ts'
import { createMetrics } from '../metrics/create-metrics.ts'
import type { Space } from '../spaces/space.ts'
import type { FileCall } from '../unicloud/file-methods.ts'
import { defaultFileSettings } from './file-settings.ts'
import type { FileSettings } from './file-settings.ts'
import type { FilesConfig } from './files-config.ts'
import { openFiles } from './open-files.ts'
import type { OpenedFiles, OpenFilesDeps } from './open-files.ts'

/** Files behind the real door on a free port, on real disks. */
export interface FileWorld extends OpenedFiles {
  readonly endpoint: string
  readonly space: Space
  readonly lines: readonly string[]
  /** A call of the client's in a space; the first one when none is named. */
  call(spaceId?: string, clientIp?: string): FileCall
  advance(ms: number): void
  /** Contents on the disk, and what is half written. */
  contents(): readonly string[]
  /** A form upload of the fields that a ticket of class dcloud gives. */
  upload(form: UploadForm): Promise<Response>
  /** Asks for a ticket and uploads; the fileID. */
  store(cloudPath: string, content: string | Uint8Array, type?: string): Promise<string>
  /** The temporary URL of a fileID; empty: none. */
  urlOf(fileID: string): Promise<string>
}

/** A form as the client fills it in. */
export interface UploadForm {
  readonly url: string
  readonly formData: Readonly<Record<string, string>>
  readonly content: string | Uint8Array
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
}

const nobody: Bridge = {
  apps: createApps([]),
  peek: () => undefined,
  get: () => Promise.reject(new Error('no credentials here')),
  set: async () => undefined,
  remove: async () => undefined,
  reportInvalid: async () => ({ outcome: 'refreshed', expiresAt: null }),
  refresh: async () => ({ outcome: 'refreshed', expiresAt: null }),
  list: async () => [],
  lastRefresh: async () => undefined,
  runSchedule: async () => undefined,
  start: () => undefined,
  health: async () => [],
  close: async () => undefined,
}

/** A space of that id. */
export function spaceOf(spaceId: string): Space {
  return {
    spaceId,
    clientSecret: 'secret',
    origins: ['https://shop.example'],
    provider: 'aliyun',
    workers: { max: 1, memoryMb: 64, timeoutSeconds: 1, queueMax: 1 },
    environment: {},
  }
}

/** What functions and clients are known by in tests. */
export function factsOf(clientIp = '127.0.0.1'): CallFacts {
  return { source: 'client', requestId: 'r', secretType: 'none', clientInfo: {}, clientIp, userAgent: '' }
}

/** What a ticket of class dcloud holds, as the client reads it. */
export interface DcloudTicket {
  readonly url: string
  readonly formData: Readonly<Record<string, string>>
  readonly name: string
  readonly fileUrl: string
}

/** Opens the world; it is gone when the test is. There are the spaces `shop` and `other`. */
export async function openFileWorld(
  t: TestContext,
  settings: Partial<FileSettings> = {},
  { sleep = sleepFor, ...more }: Partial<FilesConfig> & { readonly sleep?: OpenFilesDeps['sleep'] } = {},
): Promise<FileWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-files-'))
  let passedMs = 0
  const now = (): number => Date.now() + passedMs
  const spaces = new Map([spaceOf('shop'), spaceOf('other')].map((space) => [space.spaceId, space]))
  const contentFolder = join(folder, 'files')
  let endpoint = ''
  const opened = await openFiles({
    config: { folder: contentFolder, defaults: { ...defaultFileSettings, ...settings }, spaces: new Map(), ...more },
    sqlitePath: join(folder, 'drawbridge.db'),
    signingKey: randomBytes(32),
    contentSecret: randomBytes(32),
    findSpace: (spaceId) => spaces.get(spaceId),
    ownOrigin: () => ({ scheme: 'http', authority: new URL(endpoint).host }),
    now,
    random: randomBytes,
    sleep,
  })
  const lines: string[] = []
  const server = createHttpServer({
    config: {
      production: false,
      trustedProxies: [],
      rateLimitPerMinute: 0,
      bodyMaxBytes: 10_000,
      callers: { allowList: [], signing: [] },
    },
    bridge: nobody,
    callers: createCallers({ config: { allowList: [], signing: [] }, tokens: noTokens(now), now }),
    audit: { record() {}, query: async () => [], state: { queued: 0, dropped: 0 }, close: async () => undefined },
    metrics: createMetrics({ now, processMetrics: false }),
    log: createLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } }),
    now,
    random: randomBytes,
    sleep: () => new Promise(() => undefined),
    clientRoutes: opened.routes,
  })
  endpoint = await server.listen({ port: 0, host: '127.0.0.1' })
  t.after(async () => {
    server.server.closeAllConnections()
    await server.close()
    await opened.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const call = (spaceId = 'shop', clientIp?: string): FileCall => ({
    space: spaceOf(spaceId),
    facts: factsOf(clientIp),
    origin: { scheme: 'http', authority: new URL(endpoint).host },
  })
  const upload = ({ url, formData, content, type = 'image/png', headers = {} }: UploadForm): Promise<Response> => {
    const body = new FormData()
    for (const [name, value] of Object.entries(formData)) body.set(name, value)
    body.set('file', new Blob([content], { type }), 'chosen by the phone.png')
    return fetch(url, { method: 'POST', body, headers })
  }
  const urlsOf = async (fileID: string): Promise<string> => {
    const { fileList } = (await opened.methods.signDcloudUrls(call(), { fileList: [fileID] })) as {
      readonly fileList: readonly { readonly tempFileURL: string }[]
    }
    return fileList[0]?.tempFileURL ?? ''
  }
  return {
    ...opened,
    endpoint,
    space: spaceOf('shop'),
    lines,
    call,
    advance: (ms) => void (passedMs += ms),
    contents: () => filesBelow(contentFolder),
    upload,
    async store(cloudPath, content, type) {
      const ticket = (await opened.methods.signDcloudUpload(call(), { cloudPath })) as unknown as DcloudTicket
      const answer = await upload({ ...ticket, content, ...(type !== undefined && { type }) })
      if (answer.status !== 200) throw new Error(`upload answered ${answer.status}: ${await answer.text()}`)
      return ticket.fileUrl
    },
    urlOf: urlsOf,
  }
}

function noTokens(now: () => number): BearerTokens {
  const store = {
    insert: async () => undefined,
    byHash: async () => undefined,
    list: async () => [],
    revoke: async () => false,
    touch: async () => undefined,
  }
  return createBearerTokens({ store, now, random: randomBytes })
}

function sleepFor(ms: number, signal: AbortSignal): Promise<void> {
  return wait(ms, undefined, { ref: false, signal })
}

function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)))
}
