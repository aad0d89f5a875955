import type { Readable } from 'node:stream'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { Answer } from '../http/answer.ts'
import type { Arrival } from '../http/arrival.ts'
import type { ClientRoute } from '../http/route.ts'
import type { Space } from '../spaces/space.ts'
import { UPLOAD_MS } from './create-files.ts'
import type { Files, Upload } from './create-files.ts'
import { crossOriginHeaders, preflightAnswer } from './cross-origin-headers.ts'
import { readUploadForm } from './read-upload-form.ts'
import { refusalAnswer } from './refusal-answer.ts'
import { watchUpload } from './watch-upload.ts'

/** What a form is beside its file. */
const FORM_MAX_BYTES = 96 * 1024
/** Who is refused in the middle of sending reads the answer only when he is listened to for a while. */
const LINGER_MAX_BYTES = 1024 * 1024
const LINGER_MS = 5_000

/** What the routes of files are made of. */
export interface FileRouteDeps {
  readonly files: Files
  readonly findSpace: (spaceId: string) => Space | undefined
  /** Waits that long, or until the signal; then it throws. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/**
 * `POST /files/{space}/upload`: the form that a ticket was made for, as Alibaba Cloud OSS takes it (PostObject). The
 * ticket is checked before a byte of the file is kept. 200 with an empty object.
 */
export function uploadRoute({ files, findSpace, sleep }: FileRouteDeps): ClientRoute {
  return {
    access: 'client',
    face: 'problem',
    operationId: 'uploadFile',
    methods: ['POST', 'OPTIONS'],
    path: '/files/:space/upload',
    // Not the framework's to count: the body stays a stream.
    bodyMaxBytes: Number.MAX_SAFE_INTEGER,
    takesStream: true,
    async serve(arrival, visit, { space: spaceId = '' }): Promise<Answer> {
      const space = findSpace(spaceId)
      if (!space) throw new DrawbridgeError('FILE_NOT_FOUND')
      if (arrival.method === 'OPTIONS') return preflightAnswer(arrival, space, 'POST')
      const headers = crossOriginHeaders(arrival, space)
      const stop = new AbortController()
      const bytesRead = (): number => arrival.response.socket?.bytesRead ?? 0
      void watchUpload({ totalMs: UPLOAD_MS, bytesRead, sleep, stop })
      try {
        await receive({ files, spaceId, arrival, address: visit.address, signal: stop.signal })
        return { status: 200, body: '{}', headers }
      } catch (error) {
        if (arrival.stream) await linger(arrival.stream, sleep)
        return refusalAnswer(error, visit, { ...headers, connection: 'close' })
      } finally {
        stop.abort()
      }
    },
  }
}

async function receive({
  files,
  spaceId,
  arrival: { headers, stream },
  address,
  signal,
}: {
  readonly files: Files
  readonly spaceId: string
  readonly arrival: Arrival
  readonly address: string
  readonly signal: AbortSignal
}): Promise<void> {
  const { maxBytes } = files.settings(spaceId)
  const length = headers['content-length']
  const sizeMaxBytes = length === undefined ? maxBytes : Number(length)
  if (sizeMaxBytes > maxBytes + FORM_MAX_BYTES) throw new DrawbridgeError('FILE_TOO_LARGE', { limit: maxBytes })
  if (!stream) throw new DrawbridgeError('FILE_UPLOAD_BROKEN', { reason: 'no body' })
  let upload: Upload | undefined
  try {
    await readUploadForm(stream, { contentType: headers['content-type'] ?? '', signal }, async (form) => {
      const policy = form.fields.get('policy')
      const signature = form.fields.get('Signature')
      const ticket = files.redeem(spaceId, { ...(policy && { policy }), ...(signature && { signature }) })
      upload = await files.begin(ticket, { type: form.type, sizeMaxBytes, address })
      await upload.write(form.file, signal)
    })
    await upload?.finish()
  } catch (error) {
    await upload?.abandon()
    throw error
  }
}

/** Reads on for a while without keeping anything, so that the answer is not lost to a reset connection. */
async function linger(stream: Readable, sleep: FileRouteDeps['sleep']): Promise<void> {
  if (stream.readableEnded || stream.destroyed) return
  const done = new AbortController()
  let bytes = 0
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > LINGER_MAX_BYTES) done.abort()
  })
  for (const event of ['end', 'close', 'error'] as const) stream.once(event, () => done.abort())
  stream.resume()
  await sleep(LINGER_MS, done.signal).catch(() => undefined)
}
