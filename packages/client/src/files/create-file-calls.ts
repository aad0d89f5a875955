import { ENVELOPE_CONTENT_TYPE, hexEncode } from '@drawbridge/protocol'
import type { SecretType } from '@drawbridge/protocol'
import { callListener } from '../call-listener.ts'
import type { Report } from '../call-listener.ts'
import type { Caller } from '../call/create-caller.ts'
import type { ClientReply } from '../call/client-call.ts'
import { readAnswer, textOf } from '../call/read-answer.ts'
import { RESPONSE_REJECTED, SEALING_FAILED, clientError, parameterError } from '../client-error.ts'
import type { ClientCipher } from '../client-options.ts'
import type { FilePath, FileProgress, Host, KeptFile } from '../host.ts'
import type { RandomPool } from '../secure/create-random-pool.ts'
import { UniCloudError, hostError, serverError, throwHostError } from '../uni-cloud-error.ts'
import { bytesOf } from '../uni/bytes-of.ts'
import { callObject } from '../uni/call-object.ts'
import { wantedType } from '../uni/secret-options.ts'
import type { SecretOptions } from '../uni/secret-options.ts'
import type { Callbacks } from '../with-callbacks.ts'
import { openContent, sealContent } from './sealed-content.ts'
import type { FileContent } from './sealed-content.ts'

/** What `uploadFile` takes. */
export interface FileUpload extends Callbacks<UploadedFile>, SecretOptions {
  /** The file, or else `data`. */
  readonly filePath?: FilePath
  /** The file's bytes. */
  readonly data?: ArrayBuffer | Uint8Array
  /** What the file is to be called, folders before it; unless said otherwise another file of that name stays. */
  readonly cloudPath: string
  readonly cloudPathAsRealPath?: boolean
  /** uniCloud's: `image`, `video` or `audio`. Nothing depends on it. */
  readonly fileType?: string
  readonly timeout?: number
  readonly onUploadProgress?: (progress: FileProgress) => void
}

/** What `uploadFile` gives. */
export interface UploadedFile {
  readonly success: true
  readonly fileID: string
  readonly filePath: FilePath | undefined
  readonly requestId: string | undefined
}

/** What `downloadFile` takes. */
export interface FileDownload extends Callbacks<DownloadedFile>, SecretOptions {
  readonly fileID: string
  readonly timeout?: number
}

/** What `downloadFile` gives. A sealed file in a mini program is the app's to remove, as it is kept below `USER_DATA_PATH`. */
export interface DownloadedFile extends KeptFile {
  readonly statusCode: number
  readonly requestId: string | undefined
}

/** What `getTempFileURL` takes. */
export interface FileUrlsRequest extends Callbacks<FileUrls>, SecretOptions {
  /** `maxAge` in seconds. */
  readonly fileList: readonly (string | { readonly fileID: string; readonly maxAge?: number })[]
}

/** What `getTempFileURL` gives. */
export interface FileUrls {
  readonly fileList: readonly { readonly fileID: string; readonly tempFileURL: string }[]
}

/** What `deleteFile` takes. */
export interface FileRemoval extends Callbacks<RemovedFiles>, SecretOptions {
  readonly fileList: readonly string[]
}

/** What `deleteFile` gives: `SUCCESS` or what else became of each. */
export interface RemovedFiles {
  readonly fileList: readonly { readonly fileID: string; readonly code: string }[]
}

/** What files are moved with. */
export interface FileCallsDeps extends Caller {
  readonly host: Host
  readonly random: RandomPool
  readonly cipher: ClientCipher
  readonly report: Report
}

/** uniCloud's file calls. They throw `UniCloudError` alone. */
export interface FileCalls {
  uploadFile(asked: FileUpload): Promise<UploadedFile>
  downloadFile(asked: FileDownload): Promise<DownloadedFile>
  getTempFileURL(asked: FileUrlsRequest): Promise<FileUrls>
  deleteFile(asked: FileRemoval): Promise<RemovedFiles>
}

/** The object of the server's that prepares each transfer. */
const OBJECT = 'drawbridge-files'

/**
 * Files. Where the direction is to be hidden, what travels is sealed under a key of this transfer alone, and nothing
 * but what is sealed under it is taken for the file.
 */
export function createFileCalls({ host, call, secretTypeOf, random, cipher, report }: FileCallsDeps): FileCalls {
  const ask = (methodName: string, params: object, secretType?: SecretType, timeoutMs?: number): Promise<ClientReply> =>
    callObject(call, { objectName: OBJECT, methodName, params: [params], secretType, timeoutMs })

  const askList =
    <T>(methodName: string) =>
    async (asked: FileList): Promise<T> => {
      const { fileList, timeout } = asked
      if (!Array.isArray(fileList) || !fileList[0]) throw parameterError('fileList')
      const { result, requestId } = await ask(methodName, { fileList }, wantedType(asked), timeout)
      return Object.assign({ requestId }, result) as T
    }

  /** What the call that prepares a transfer encrypts, and whether the file is sealed. */
  const planOf = (
    asked: SecretOptions,
    hiding: SecretType,
  ): readonly [type: SecretType | undefined, secret: boolean] => {
    const secretType = secretTypeOf({ name: OBJECT, secretType: wantedType(asked) })
    return secretType === hiding || secretType === 'both' ? ['both', true] : [secretType, false]
  }

  /** With its ending a file is known for what it is by whatever shows it. */
  const newName = async (path: string): Promise<string> =>
    hexEncode(await random.take(16)) + path.replace(/^[^]*?(\.\w+)?$/, '$1')

  return {
    async uploadFile(asked) {
      const { filePath, data, cloudPath, cloudPathAsRealPath, timeout: timeoutMs } = asked
      const onProgress = (progress: FileProgress): void => callListener(report, asked.onUploadProgress, progress)
      const file = bytesOf(data) ?? filePath
      if (!file) throw parameterError('filePath')
      if (!textOf(cloudPath)?.trim()) throw parameterError('cloudPath')
      const [secretType, secret] = planOf(asked, 'request')
      const bytes = secret && (file instanceof Uint8Array ? file : await host.files.read(file).catch(throwHostError))
      const params = { cloudPath: cloudPath.trim(), cloudPathAsRealPath, secret }
      const { result, requestId } = await ask('prepareUpload', params, secretType, timeoutMs)
      const { url, fileID, name, formData, content } = result as PreparedUpload
      const send = async (): Promise<Arrived> => {
        const spareName = await newName(cloudPath)
        if (!bytes) return host.files.upload({ url, name, formData, file, spareName, timeoutMs, onProgress })
        const body = sealContent(cipher, content, await random.take(16), bytes)
        if (!body) throw clientError(SEALING_FAILED, undefined, requestId)
        const { policy, Signature } = formData
        const header = {
          'content-type': ENVELOPE_CONTENT_TYPE,
          'x-drawbridge-policy': policy,
          'x-drawbridge-signature': Signature,
        }
        const sent = await host.request({ url, header, body, timeoutMs })
        if (sent.status < 400 && !openContent(cipher, content, sent.body))
          throw clientError(RESPONSE_REJECTED, undefined, requestId)
        onProgress({ loaded: bytes.length, total: bytes.length })
        return sent
      }
      await arrived('UPLOAD_FAILED', send(), requestId)
      return { success: true, fileID, filePath, requestId }
    },

    async downloadFile(asked) {
      const { fileID, timeout: timeoutMs } = asked
      if (!textOf(fileID)) throw parameterError('fileID')
      const [secretType, secret] = planOf(asked, 'response')
      const { result, requestId } = await ask('prepareDownload', { fileID, secret }, secretType, timeoutMs)
      const { url, content } = result as PreparedDownload
      const receive = async (): Promise<Arrived & KeptFile> => {
        const name = await newName(fileID)
        if (!secret) return host.files.download(url, name, timeoutMs)
        const { status, body } = await host.request({ method: 'GET', url, header: {}, timeoutMs })
        // A refusal is no file, whatever it bears.
        if (status >= 400) return { status, body }
        const bytes = openContent(cipher, content, body)
        if (!bytes) throw clientError(RESPONSE_REJECTED, { status }, requestId)
        return Object.assign({ status }, await host.files.keep(bytes, name))
      }
      const { status: statusCode, tempFilePath, data } = await arrived('DOWNLOAD_FAILED', receive(), requestId)
      return { statusCode, tempFilePath, data, requestId }
    },

    getTempFileURL: askList('getTempFileURL'),
    deleteFile: askList('deleteFile'),
  }
}

type FileList = SecretOptions & { readonly fileList: readonly unknown[]; readonly timeout?: number }

interface PreparedUpload extends PreparedDownload {
  readonly fileID: string
  readonly name: string
  readonly formData: { readonly policy: string; readonly Signature: string }
}

interface PreparedDownload {
  readonly url: string
  readonly content?: FileContent
}

interface Arrived {
  readonly status: number
  readonly body?: Uint8Array
}

/** What a transfer came to, when it came to anything good. What is said of a failure in clear is for logs: nobody vouches for it. */
async function arrived<T extends Arrived>(errCode: string, transfer: Promise<T>, requestId?: string): Promise<T> {
  const answer = await transfer.catch((cause: unknown) => {
    throw cause instanceof UniCloudError ? cause : hostError(cause, errCode)
  })
  const { status, body } = answer
  if (status < 400) return answer
  const cause = body && readAnswer(body)['error']
  throw serverError({ errCode, errMsg: `HTTP status ${status}`, requestId, cause })
}
