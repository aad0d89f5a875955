import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json } from '@drawbridge/runtime'
import Type from 'typebox'
import type { AskContext, WorkerService } from '../functions/ask-context.ts'
import { readCloudPath } from './cloud-path.ts'
import { removeFile } from './client-files.ts'
import type { Files } from './create-files.ts'
import { filePathname, readFileUrl } from './file-url.ts'
import { originText } from './public-origin.ts'
import type { PublicOrigin } from './public-origin.ts'
import { readParams } from './read-params.ts'

/** A content that goes to a worker or comes from it is held in memory, in base64. */
const CONTENT_MAX_BYTES = 16 * 1024 * 1024
const URL_MAX_SECONDS = 7 * 86_400

const fileIdSchema = Type.String({ minLength: 1, maxLength: 2048 })
const uploadSchema = Type.Object({
  cloudPath: Type.String(),
  fileContent: Type.String({ description: 'base64', maxLength: Math.ceil(CONTENT_MAX_BYTES / 3) * 4 }),
})
const downloadSchema = Type.Object({ fileID: fileIdSchema })
const listSchema = Type.Object({
  fileList: Type.Array(fileIdSchema, { minItems: 1, maxItems: 50 }),
  maxAge: Type.Optional(Type.Number({ minimum: 1, maximum: URL_MAX_SECONDS })),
})

type FileAsk = (ask: AskContext, params: Json) => Promise<Json>

/**
 * The files of a space for its functions: `uploadFile({cloudPath, fileContent})` with the content in base64 gives
 * `{fileID}`; `downloadFile({fileID})` gives `{fileContent}`, base64; `deleteFile({fileList})`;
 * `getTempFileURL({fileList, maxAge?})`. Throws the `FILE_` codes, `REQUEST_INVALID`, `METHOD_UNKNOWN`.
 * @param origin where clients reach this server.
 */
export function createWorkerFiles({
  files,
  origin,
}: {
  readonly files: Files
  readonly origin: () => PublicOrigin
}): WorkerService {
  const rows: Readonly<Record<string, FileAsk>> = {
    async uploadFile({ space: { spaceId } }, params) {
      const { cloudPath, fileContent } = readParams(uploadSchema, params)
      const content = Buffer.from(fileContent, 'base64')
      const file = await files.add(spaceId, cloudPath, Readable.from([content]), content.length)
      return { fileID: `${originText(origin())}${filePathname(file, readCloudPath(file.path).name)}` }
    },

    async downloadFile({ space: { spaceId } }, params) {
      const { fileID } = readParams(downloadSchema, params)
      const key = readFileUrl(fileID, spaceId)
      const file = key && (await files.find(key))
      if (!file) throw new DrawbridgeError('FILE_NOT_FOUND')
      if (file.sizeBytes > CONTENT_MAX_BYTES) throw new DrawbridgeError('FILE_TOO_LARGE', { limit: CONTENT_MAX_BYTES })
      return { fileContent: (await buffer(await files.read(file))).toString('base64') }
    },

    async deleteFile({ space: { spaceId } }, params) {
      const { fileList } = readParams(listSchema, params)
      return { fileList: await Promise.all(fileList.map((fileID) => removeFile(files, spaceId, fileID))) }
    },

    async getTempFileURL({ space: { spaceId } }, params) {
      const { fileList, maxAge } = readParams(listSchema, params)
      const urlOf = async (fileID: string) => {
        const key = readFileUrl(fileID, spaceId)
        const file = key && (await files.find(key))
        return { fileID, tempFileURL: file ? await files.temporaryUrl(file, originText(origin()), maxAge) : '' }
      }
      return { fileList: await Promise.all(fileList.map(urlOf)) }
    },
  }
  return async (ask, method, params) => {
    const row = Object.hasOwn(rows, method) ? rows[method] : undefined
    if (!row) throw new DrawbridgeError('METHOD_UNKNOWN', { method })
    return row(ask, params)
  }
}
