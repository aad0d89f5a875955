import { DrawbridgeError } from '@drawbridge/protocol'
import type { Ask } from '../worker/create-ask.ts'

type Options = Readonly<Record<string, unknown>>

/** The files of the space, as functions see them. */
export interface CloudFiles {
  /** `{cloudPath, fileContent}`, the content bytes or text. */
  uploadFile(options: Options): Promise<unknown>
  /** `{fileID}`; resolves to `{fileContent}`, a Buffer. */
  downloadFile(options: Options): Promise<unknown>
  /** `{fileList}` */
  deleteFile(options: Options): Promise<unknown>
  /** `{fileList, maxAge?}` */
  getTempFileURL(options: Options): Promise<unknown>
}

/** What crosses the pipe to the server is a frame: a larger file goes up from the client. */
const CONTENT_MAX_BYTES = 5 * 1024 * 1024

/** Contents travel in base64. */
export function createCloudFiles(ask: Ask): CloudFiles {
  return {
    async uploadFile({ fileContent, ...options }) {
      const bytes = typeof fileContent === 'string' ? Buffer.from(fileContent) : asBytes(fileContent)
      if (bytes.length > CONTENT_MAX_BYTES)
        throw new DrawbridgeError('UNICLOUD_ARGUMENT_INVALID', { field: 'fileContent', maxBytes: CONTENT_MAX_BYTES })
      const { cloudPath } = options
      return ask('file', 'uploadFile', { cloudPath, fileContent: bytes.toString('base64') })
    },
    async downloadFile({ fileID }) {
      const { fileContent } = (await ask('file', 'downloadFile', { fileID })) as { readonly fileContent: string }
      return { fileID, fileContent: Buffer.from(fileContent, 'base64') }
    },
    deleteFile: ({ fileList }) => ask('file', 'deleteFile', { fileList }),
    getTempFileURL: ({ fileList, maxAge }) =>
      ask('file', 'getTempFileURL', maxAge === undefined ? { fileList } : { fileList, maxAge }),
  }
}

function asBytes(content: unknown): Buffer {
  if (ArrayBuffer.isView(content)) return Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  throw new DrawbridgeError('UNICLOUD_ARGUMENT_INVALID', { field: 'fileContent' })
}
