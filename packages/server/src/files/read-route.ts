import { DrawbridgeError, ENVELOPE_CONTENT_TYPE, FILE_SALT_BYTES, sealedFileBytes } from '@drawbridge/protocol'
import type { Answer } from '../http/answer.ts'
import type { Arrival } from '../http/arrival.ts'
import type { ClientRoute } from '../http/route.ts'
import { readRange } from './byte-range.ts'
import { readCloudPath } from './cloud-path.ts'
import { contentDisposition } from './content-disposition.ts'
import type { Files } from './create-files.ts'
import { crossOriginHeaders, preflightAnswer } from './cross-origin-headers.ts'
import { isFileId } from './file-key.ts'
import type { FileKey } from './file-key.ts'
import type { FileRecord } from './file-records.ts'
import { SEALED_ID } from './file-url.ts'
import { refusalAnswer } from './refusal-answer.ts'
import { sealContent } from './seal-content.ts'
import type { FileRouteDeps } from './upload-route.ts'

/**
 * `GET /files/{space}/{id}/{name}?expires&signature`: the content, whole or one range of it. What a browser could run is
 * an attachment, and nothing is sniffed. `GET /files/{space}/sealed/content?sealed` gives a content that the query names
 * under seal, as `application/vnd.usn1`, always whole.
 */
export function readRoute(deps: Omit<FileRouteDeps, 'sleep'>): ClientRoute {
  const { files, findSpace } = deps
  return {
    access: 'client',
    face: 'problem',
    operationId: 'readFile',
    methods: ['GET', 'HEAD', 'OPTIONS'],
    path: '/files/:space/:id/:name',
    bodyMaxBytes: 1024,
    async serve(arrival, visit, { space: spaceId = '', id = '', name = '' }): Promise<Answer> {
      const space = findSpace(spaceId)
      if (!space) throw new DrawbridgeError('FILE_NOT_FOUND')
      if (arrival.method === 'OPTIONS') return preflightAnswer(arrival, space, 'GET, HEAD')
      const headers = crossOriginHeaders(arrival, space)
      try {
        if (id === SEALED_ID) return await showSealed(spaceId, arrival, { ...deps, headers })
        const file = await findAdmitted(files, { spaceId, id }, arrival)
        if (name !== nameOf(file)) throw new DrawbridgeError('FILE_NOT_FOUND')
        return await show(files, file, arrival, headers)
      } catch (error) {
        return refusalAnswer(error, visit, headers)
      }
    },
  }
}

async function findAdmitted(files: Files, key: FileKey, { target }: Arrival): Promise<FileRecord> {
  if (!isFileId(key.id)) throw new DrawbridgeError('FILE_NOT_FOUND')
  const query = queryOf(target)
  const [expires, signature] = [query.get('expires'), query.get('signature')]
  const signed = { ...(expires !== null && { expires }), ...(signature !== null && { signature }) }
  const isBare = expires === null && signature === null
  if (!isBare || !files.settings(key.spaceId).publicRead) files.admitUrl(key, signed)
  return demandFile(files, key)
}

async function demandFile(files: Files, key: FileKey): Promise<FileRecord> {
  const file = await files.find(key)
  if (!file) throw new DrawbridgeError('FILE_NOT_FOUND')
  return file
}

function queryOf(target: string): URLSearchParams {
  return new URLSearchParams(target.split('?', 2)[1] ?? '')
}

async function showSealed(
  spaceId: string,
  { method, target }: Arrival,
  {
    files,
    primitives,
    random,
    headers: origin,
  }: Omit<FileRouteDeps, 'sleep' | 'findSpace'> & { readonly headers: Headers },
): Promise<Answer> {
  const admitted = files.admitSealedUrl(spaceId, queryOf(target).get('sealed') ?? '')
  const file = await demandFile(files, admitted.file)
  const headers = {
    ...origin,
    'content-length': String(sealedFileBytes(file.sizeBytes)),
    'cross-origin-resource-policy': 'cross-origin',
  }
  if (method === 'HEAD') return { status: 200, headers: { ...headers, 'content-type': ENVELOPE_CONTENT_TYPE } }
  const body = sealContent(await files.read(file), { key: admitted.key, salt: random(FILE_SALT_BYTES), primitives })
  return { status: 200, body, contentType: ENVELOPE_CONTENT_TYPE, headers }
}

type Headers = Readonly<Record<string, string>>

async function show(
  files: Files,
  file: FileRecord,
  { method, headers: { range: wanted } }: Arrival,
  origin: Headers,
): Promise<Answer> {
  const { sizeBytes, type } = file
  const range = readRange(wanted, sizeBytes)
  const headers = {
    ...origin,
    'accept-ranges': 'bytes',
    'content-disposition': contentDisposition(nameOf(file), type),
    // Pages of the space's clients show the file from wherever they are; it is no page's to run.
    'cross-origin-resource-policy': 'cross-origin',
  }
  if (range === 'unsatisfiable')
    return { status: 416, headers: { ...headers, 'content-range': `bytes */${sizeBytes}` } }
  const length = range === 'whole' ? sizeBytes : range.last - range.first + 1
  const whole = { ...headers, 'content-length': String(length) }
  if (method === 'HEAD') return { status: 200, headers: { ...whole, 'content-type': type } }
  if (range === 'whole') return { status: 200, body: await files.read(file), contentType: type, headers: whole }
  const part = { ...whole, 'content-range': `bytes ${range.first}-${range.last}/${sizeBytes}` }
  return { status: 206, body: await files.read(file, range), contentType: type, headers: part }
}

function nameOf({ path }: FileRecord): string {
  return readCloudPath(path).name
}
