import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AwsV4Signer } from 'aws4fetch'
import { DrawbridgeError } from '@drawbridge/protocol'
import { request } from 'undici'
import type { Dispatcher } from 'undici'
import type { FileKey } from './file-key.ts'
import { isFileId } from './file-key.ts'
import type { FileStore } from './file-store.ts'
import { askDisk } from './ask-disk.ts'
import { removeOldFiles } from './remove-old-files.ts'
import type { S3Config } from './s3-config.ts'
import { writeWholeFile } from './write-whole-file.ts'

const ANSWER_WITHIN_MS = 30_000

interface S3Request {
  readonly method: 'PUT' | 'GET' | 'HEAD' | 'DELETE'
  readonly key: FileKey
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Dispatcher.DispatchOptions['body']
  readonly signal?: AbortSignal
}

/**
 * Contents as objects of a bucket: `<prefix><space>/<id>`. A content is gathered in `spoolFolder` first, since S3 wants
 * its length before its bytes, and since nothing of an upload that breaks off shall ever reach the bucket.
 * @param partMaxAgeMs how long a content may be half gathered before `clean` takes it for left behind.
 */
export function createS3FileStore({
  config,
  spoolFolder,
  now,
  partMaxAgeMs,
}: {
  readonly config: S3Config
  readonly spoolFolder: string
  /** ms since epoch. */
  readonly now: () => number
  readonly partMaxAgeMs: number
}): FileStore {
  const { bucketUrl, publicUrl, prefix, region, accessKeyId, secret: secretAccessKey } = config

  const urlOf = (base: string, { spaceId, id }: FileKey): string => {
    return `${base.replace(/\/$/, '')}/${prefix}${encodeURIComponent(spaceId)}/${checkedId(id)}`
  }
  const sign = (parts: {
    method: string
    url: string
    headers?: Readonly<Record<string, string>>
    signQuery?: true
  }) => {
    const datetime = new Date(now()).toISOString().replace(/[:-]|\.\d{3}/g, '')
    const headers = { ...parts.headers }
    return new AwsV4Signer({ ...parts, headers, accessKeyId, secretAccessKey, service: 's3', region, datetime }).sign()
  }
  const ask = async ({ method, key, headers, body, signal }: S3Request): Promise<Dispatcher.ResponseData> => {
    const { url, headers: signed } = await sign({ method, url: urlOf(bucketUrl, key), ...(headers && { headers }) })
    try {
      return await request(url, {
        method,
        headers: Object.fromEntries(signed),
        headersTimeout: ANSWER_WITHIN_MS,
        bodyTimeout: ANSWER_WITHIN_MS,
        ...(body !== undefined && { body }),
        ...(signal && { signal }),
      })
    } catch (cause) {
      if (signal?.aborted) throw signal.reason
      throw new DrawbridgeError('STORE_UNAVAILABLE', { store: 's3' }, { cause })
    }
  }

  return {
    async put(key, content, { maxBytes, type, signal }) {
      const part = join(spoolFolder, checkedId(key.id))
      const sizeBytes = await askDisk(() => writeWholeFile(part, content, { maxBytes, signal }))
      try {
        const headers = { 'content-type': type, 'content-length': String(sizeBytes) }
        const body = sizeBytes === 0 ? '' : createReadStream(part)
        await settle(await ask({ method: 'PUT', key, headers, body, signal }))
        return { sizeBytes }
      } finally {
        await rm(part, { force: true })
      }
    },

    async stat(key) {
      const answer = await ask({ method: 'HEAD', key })
      if (answer.statusCode === 404) return discard(answer)
      await settle(answer)
      return { sizeBytes: Number(answer.headers['content-length']) }
    },

    async read(key, range) {
      const headers = range && { range: `bytes=${range.first}-${range.last}` }
      const answer = await ask({ method: 'GET', key, ...(headers && { headers }) })
      if (answer.statusCode === 404) {
        await discard(answer)
        throw new DrawbridgeError('FILE_NOT_FOUND')
      }
      // A store that ignores the range would be served as if it were the part.
      if (answer.statusCode !== (range ? 206 : 200)) await refuse(answer)
      return answer.body
    },

    async remove(key) {
      const answer = await ask({ method: 'DELETE', key })
      if (answer.statusCode === 404) return discard(answer)
      await settle(answer)
    },

    async readUrl(key, { lifetimeSeconds, type, disposition }) {
      if (publicUrl === undefined) return undefined
      const url = new URL(urlOf(publicUrl, key))
      url.searchParams.set('X-Amz-Expires', String(lifetimeSeconds))
      url.searchParams.set('response-content-type', type)
      url.searchParams.set('response-content-disposition', disposition)
      const signed = await sign({ method: 'GET', url: url.href, signQuery: true })
      return signed.url.href
    },

    async clean() {
      await askDisk(() => removeOldFiles(spoolFolder, now() - partMaxAgeMs))
    },

    async close() {},
  }
}

function checkedId(id: string): string {
  if (!isFileId(id)) throw new DrawbridgeError('FILE_NOT_FOUND')
  return id
}

async function settle(answer: Dispatcher.ResponseData): Promise<void> {
  if (answer.statusCode >= 300) await refuse(answer)
  await discard(answer)
}

/** S3 answers faults in XML; of that only the code is told, since the rest names keys and buckets. */
async function refuse({ statusCode, body }: Dispatcher.ResponseData): Promise<never> {
  const text = await body.text().catch(() => '')
  const [, code = 'none'] = /<Code>(\w{1,64})<\/Code>/.exec(text) ?? []
  throw new DrawbridgeError('STORE_UNAVAILABLE', { store: 's3', status: statusCode, fault: code })
}

async function discard({ body }: Dispatcher.ResponseData): Promise<undefined> {
  await body.dump()
  return undefined
}
