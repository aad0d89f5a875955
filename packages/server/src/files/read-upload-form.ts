import type { Readable, Writable } from 'node:stream'
import { Busboy } from '@fastify/busboy'
import { DrawbridgeError } from '@drawbridge/protocol'

/** The form's fields come first; then the file, which is the last part. */
export interface UploadForm {
  readonly fields: ReadonlyMap<string, string>
  readonly file: Readable
  /** The type that the file's part declares. */
  readonly type: string
}

const FILE_FIELD = 'file'
const FIELDS_MAX = 20
const FIELD_MAX_BYTES = 4096
const EPILOGUE_MAX_BYTES = 65_536

/**
 * Reads a multipart form with one file. `receive` is called as soon as the file begins and decides whether its bytes
 * are wanted; resolves when it has ended well and so has the form. Throws `FILE_UPLOAD_BROKEN` for a form that is not
 * whole or not in order, what `receive` throws, and the signal's reason. The stream is left as it is then, not ended.
 */
export async function readUploadForm(
  stream: Readable,
  { contentType, signal }: { readonly contentType: string; readonly signal: AbortSignal },
  receive: (form: UploadForm) => Promise<void>,
): Promise<void> {
  const parser = openParser(contentType)
  const fields = new Map<string, string>()
  let file: Readable | undefined
  let received: Promise<void> | undefined

  await new Promise<void>((resolve, reject) => {
    const fail = (cause: unknown): void => {
      stream.unpipe(parser)
      const error = cause instanceof DrawbridgeError ? cause : broken('not a whole form', cause)
      file?.destroy(error)
      // Whoever was reading the file has let go of it before its room is given back.
      void Promise.allSettled([received]).then(() => reject(error))
    }
    parser.on('field', (name, value, _isNameCut, isCut) => {
      if (file) fail(broken('the file is not the last part'))
      else if (isCut || fields.has(name)) fail(broken('a field is too long or there twice'))
      else fields.set(name, value)
    })
    parser.on('file', (_name, part, _fileName, _encoding, type) => {
      file = part
      part.on('error', fail)
      received = receive({ fields, file: part, type })
      received.catch(fail)
    })
    for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
      parser.on(limit, () => fail(broken('too many parts')))
    parser.on('error', fail)
    parser.on('finish', () => {
      if (received) received.then(() => readOut(stream, parser, resolve, fail), fail)
      else fail(broken('there is no file'))
    })
    stream.on('error', fail)
    signal.addEventListener('abort', () => fail(signal.reason))
    if (signal.aborted) fail(signal.reason)
    else stream.pipe(parser)
  })
}

/** Reads what follows the form, so that the connection is free for the next request. */
function readOut(stream: Readable, parser: Writable, resolve: () => void, fail: (cause: unknown) => void): void {
  stream.unpipe(parser)
  if (stream.readableEnded) {
    resolve()
    return
  }
  let bytes = 0
  stream.once('end', resolve)
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > EPILOGUE_MAX_BYTES) fail(broken('more follows the form'))
  })
  stream.resume()
}

function openParser(contentType: string): InstanceType<typeof Busboy> {
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      isPartAFile: (name) => name === FILE_FIELD,
      limits: {
        fieldNameSize: 100,
        fieldSize: FIELD_MAX_BYTES,
        fields: FIELDS_MAX,
        files: 1,
        parts: FIELDS_MAX + 1,
        headerPairs: 20,
        headerSize: 8192,
      },
    })
  } catch (cause) {
    throw broken('not multipart/form-data', cause)
  }
}

function broken(reason: string, cause?: unknown): DrawbridgeError {
  return new DrawbridgeError('FILE_UPLOAD_BROKEN', { reason }, { cause })
}
