import type { Readable } from 'node:stream'
import {
  DrawbridgeError,
  ENVELOPE_CONTENT_TYPE,
  FILE_HEAD_BYTES,
  FILE_SALT_BYTES,
  TAG_BYTES,
  sealFile,
  sealedFileBytes,
} from '@drawbridge/protocol'
import type { FileContentKey, Primitives } from '@drawbridge/protocol'
import type { Answer } from '../http/answer.ts'
import type { Arrival } from '../http/arrival.ts'
import type { ClientRoute } from '../http/route.ts'
import { isEnvelopeType } from '../secure-network/v1/is-envelope-type.ts'
import type { Space } from '../spaces/space.ts'
import { UPLOAD_MS } from './create-files.ts'
import type { Files, Upload } from './create-files.ts'
import { crossOriginHeaders, preflightAnswer } from './cross-origin-headers.ts'
import { openContent } from './open-content.ts'
import { readUploadForm } from './read-upload-form.ts'
import { refusalAnswer } from './refusal-answer.ts'
import type { SignedTicket, UploadTicket } from './upload-ticket.ts'
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
  readonly primitives: Primitives
  /** That many bytes that no other answer has. */
  readonly random: (length: number) => Uint8Array
  /** Waits that long, or until the signal; then it throws. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/**
 * `POST /files/{space}/upload`: the form that a ticket was made for, as Alibaba Cloud OSS takes it (PostObject). The
 * ticket is checked before a byte of the file is kept. 200 with an empty object. A ticket for sealed content takes that
 * and nothing else: `application/vnd.usn1` with the ticket in the headers `x-drawbridge-policy` and
 * `x-drawbridge-signature`. Its 200 is an empty content, sealed downwards with the same key: nobody on the way can feign
 * that a file has come.
 */
export function uploadRoute(deps: FileRouteDeps): ClientRoute {
  const { findSpace, sleep } = deps
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
        const key = await receive({ ...deps, spaceId, arrival, address: visit.address, signal: stop.signal })
        return key ? sealedReceipt(key, headers, deps) : { status: 200, body: '{}', headers }
      } catch (error) {
        if (arrival.stream) await linger(arrival.stream, sleep)
        return refusalAnswer(error, visit, { ...headers, connection: 'close' })
      } finally {
        stop.abort()
      }
    },
  }
}

interface Receiving extends Pick<FileRouteDeps, 'files' | 'primitives'> {
  readonly spaceId: string
  readonly arrival: Arrival
  readonly address: string
  readonly signal: AbortSignal
}

function sealedReceipt(
  key: FileContentKey,
  headers: Answer['headers'],
  { primitives, random }: Pick<FileRouteDeps, 'primitives' | 'random'>,
): Answer {
  const receipt = sealFile(primitives, { ...key, direction: 'download' }, random(FILE_SALT_BYTES))
  const end = receipt?.sealer.end()
  if (!receipt || !end) throw new DrawbridgeError('SYSTEM_ERROR')
  return {
    status: 200,
    body: [receipt.head, end.bytes],
    contentType: ENVELOPE_CONTENT_TYPE,
    ...(headers && { headers }),
  }
}

/** Keeps a content, if the ticket is still good; whether all that came is well is another question. */
type Keep = (
  ticket: UploadTicket,
  content: Readable,
  facts: { readonly type?: string; readonly sizeMaxBytes: number },
) => Promise<void>

/** The key of what came sealed; undefined for a form. */
async function receive({ arrival, address, ...receiving }: Receiving): Promise<FileContentKey | undefined> {
  const { files, spaceId, signal } = receiving
  const { headers, stream } = arrival
  const isSealed = isEnvelopeType(headers['content-type'])
  const { maxBytes } = files.settings(spaceId)
  const lengthMax = isSealed ? sealedFileBytes(maxBytes) : maxBytes + FORM_MAX_BYTES
  const length = Number(headers['content-length'] ?? lengthMax)
  if (length > lengthMax) throw new DrawbridgeError('FILE_TOO_LARGE', { limit: maxBytes })
  if (!stream) throw new DrawbridgeError('FILE_UPLOAD_BROKEN', { reason: 'no body' })
  let upload: Upload | undefined
  const keep: Keep = async (ticket, content, facts) => {
    upload = await files.begin(ticket, { ...facts, address })
    await upload.write(content, signal)
  }
  try {
    const key = await (isSealed ? receiveSealed : receiveForm)(stream, { ...receiving, headers, length, keep })
    await upload?.finish()
    return key
  } catch (error) {
    await upload?.abandon()
    throw error
  }
}

interface Receiver extends Pick<Receiving, 'files' | 'primitives' | 'spaceId' | 'signal'> {
  readonly headers: Arrival['headers']
  /** Of the whole body; the most that it may be where the client does not say. */
  readonly length: number
  readonly keep: Keep
}

async function receiveForm(
  stream: Readable,
  { files, spaceId, signal, headers, length, keep }: Receiver,
): Promise<undefined> {
  await readUploadForm(stream, { contentType: headers['content-type'] ?? '', signal }, async (form) => {
    const ticket = files.redeem(spaceId, ticketOf(form.fields.get('policy'), form.fields.get('Signature')))
    if (ticket.content) throw new DrawbridgeError('FILE_CONTENT_MISMATCHED')
    await keep(ticket, form.file, { type: form.type, sizeMaxBytes: length })
  })
}

async function receiveSealed(
  stream: Readable,
  { files, primitives, spaceId, headers, length, keep }: Receiver,
): Promise<FileContentKey> {
  const fields = ticketOf(headers['x-drawbridge-policy'], headers['x-drawbridge-signature'])
  const ticket = files.redeem(spaceId, fields)
  const key = files.uploadKey(ticket)
  if (!key) throw new DrawbridgeError('FILE_CONTENT_MISMATCHED')
  const content = openContent(stream, key, primitives)
  try {
    await keep(ticket, content, { sizeMaxBytes: Math.max(0, length - FILE_HEAD_BYTES - TAG_BYTES) })
    return key
  } finally {
    // At once: what is let go of later would not be listened to.
    stream.unpipe(content)
    content.destroy()
  }
}

function ticketOf(policy: unknown, signature: unknown): Partial<SignedTicket> {
  return {
    ...(typeof policy === 'string' && policy !== '' && { policy }),
    ...(typeof signature === 'string' && signature !== '' && { signature }),
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
