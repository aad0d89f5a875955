import { openSqlite } from '@drawbridge/bridge'
import { nodePrimitives } from '@drawbridge/protocol/node'
import { createRateLimiter } from '../callers/rate-limiter.ts'
import type { RateLimiter } from '../callers/rate-limiter.ts'
import type { WorkerService } from '../functions/ask-context.ts'
import type { NativeObject } from '../functions/native-object.ts'
import type { ClientRoute } from '../http/route.ts'
import type { Space } from '../spaces/space.ts'
import type { FileMethods } from '../unicloud/file-methods.ts'
import { createClientFiles } from './client-files.ts'
import { createContentKeys } from './content-keys.ts'
import { createFileMethods } from './create-file-methods.ts'
import { createFilesObject } from './create-files-object.ts'
import { createTicketSeal } from './create-ticket-seal.ts'
import { createWorkerFiles } from './create-worker-files.ts'
import { UPLOAD_MS, createFiles } from './create-files.ts'
import type { Files } from './create-files.ts'
import type { FileDatabase } from './file-database.ts'
import { createFileRecords } from './file-records.ts'
import type { FileSettings } from './file-settings.ts'
import { createFileSigner } from './file-signer.ts'
import type { FilesConfig } from './files-config.ts'
import { createLocalFileStore } from './local-file-store.ts'
import { migrateFileTables } from './migrate-file-tables.ts'
import { readOrigin } from './public-origin.ts'
import type { PublicOrigin } from './public-origin.ts'
import { readRoute } from './read-route.ts'
import { createS3FileStore } from './s3-file-store.ts'
import { uploadRoute } from './upload-route.ts'

const SWEEP_EVERY_MS = 60_000
/** Half-written contents are left alone for longer than any upload takes. */
const PART_MAX_AGE_MS = 2 * UPLOAD_MS

/** Everything that the process needs of files. */
export interface OpenedFiles {
  readonly files: Files
  /** The stock client's; not yet held against any policy. */
  readonly methods: FileMethods
  /** The cloud object `drawbridge-files`. */
  readonly object: NativeObject
  /** The worker service `file`. */
  readonly service: WorkerService
  readonly routes: readonly ClientRoute[]
  /** Stops sweeping and closes the store and the table. */
  close(): Promise<void>
}

/** What files are opened with. */
export interface OpenFilesDeps {
  readonly config: FilesConfig
  /** The SQLite file of the table of files; may be the server's own. */
  readonly sqlitePath: string
  /** 32 bytes, the same for every replica and for as long as URLs are to be good. */
  readonly signingKey: Uint8Array
  /** 32 bytes, the same for every replica: of it the keys of sealed contents are made. */
  readonly contentSecret: Uint8Array
  readonly findSpace: (spaceId: string) => Space | undefined
  /** How this server is reached when `publicUrl` is not configured; for functions that make URLs. */
  readonly ownOrigin: () => PublicOrigin
  /** ms since epoch. */
  readonly now: () => number
  /** That many bytes that nobody can guess; `crypto.randomBytes` will do. */
  readonly random: (length: number) => Uint8Array
  /** Waits that long, or until the signal; then it throws. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Told when what was left behind could not be swept; it is tried again. */
  readonly onSweepFailure?: (error: unknown) => void
}

/** Opens the files of all spaces and sweeps them once a minute. Throws `STORE_UNAVAILABLE`. */
export async function openFiles(deps: OpenFilesDeps): Promise<OpenedFiles> {
  const { config, sqlitePath, findSpace, now, random, sleep } = deps
  const database = openSqlite<FileDatabase>({ path: sqlitePath, durability: 'full' })
  try {
    await migrateFileTables(database)
  } catch (error) {
    await database.close()
    throw error
  }
  const { folder, s3 } = config
  const place = { now, partMaxAgeMs: PART_MAX_AGE_MS }
  const store = s3
    ? createS3FileStore({ config: s3, spoolFolder: folder, ...place })
    : createLocalFileStore({ folder, ...place })
  const settings = settingsOf(config)
  const records = createFileRecords(database)
  const signer = createFileSigner(deps.signingKey)
  const seal = createTicketSeal(deps.contentSecret, random)
  const contentKeyOf = createContentKeys(deps.contentSecret)
  const files = createFiles({ store, records, signer, seal, settings, contentKeyOf, now, random })
  const publicOrigin = config.publicUrl === undefined ? undefined : readOrigin(config.publicUrl)
  const limiterOf = limitersBy((spaceId) => settings(spaceId).uploadsPerMinute, now)
  const client = createClientFiles({ files, limiterOf, ...(publicOrigin && { publicOrigin }) })
  const origin = (): PublicOrigin => publicOrigin ?? deps.ownOrigin()
  const route = { files, findSpace, sleep, random, primitives: nodePrimitives }
  const stop = new AbortController()
  const swept = sweepAgain(files, { sleep, signal: stop.signal, onFailure: deps.onSweepFailure ?? (() => undefined) })
  return {
    files,
    methods: createFileMethods(files, client),
    object: createFilesObject({ files, client, ownOrigin: origin }),
    service: createWorkerFiles({ files, origin }),
    routes: [uploadRoute(route), readRoute(route)],
    async close() {
      stop.abort()
      await swept
      await store.close()
      await database.close()
    },
  }
}

function settingsOf({ defaults, spaces }: FilesConfig): (spaceId: string) => FileSettings {
  return (spaceId) => ({ ...defaults, ...spaces.get(spaceId) })
}

/** A limiter for each rate that the spaces have. */
function limitersBy(perMinuteOf: (spaceId: string) => number, now: () => number): (spaceId: string) => RateLimiter {
  const limiters = new Map<number, RateLimiter>()
  return (spaceId) => {
    const perMinute = perMinuteOf(spaceId)
    const limiter = limiters.get(perMinute) ?? createRateLimiter({ perMinute, now })
    limiters.set(perMinute, limiter)
    return limiter
  }
}

async function sweepAgain(
  files: Files,
  {
    sleep,
    signal,
    onFailure,
  }: {
    readonly sleep: OpenFilesDeps['sleep']
    readonly signal: AbortSignal
    readonly onFailure: (error: unknown) => void
  },
): Promise<void> {
  while (!signal.aborted) {
    await files.sweep().catch(onFailure)
    await sleep(SWEEP_EVERY_MS, signal).catch(() => undefined)
  }
}
