import { DrawbridgeError } from '@drawbridge/protocol'
import type { RateLimiter } from '../callers/rate-limiter.ts'
import type { FileCall, FileMethods } from '../unicloud/file-methods.ts'
import { readCloudPath } from './cloud-path.ts'
import type { Files } from './create-files.ts'
import { filePathname, readFileUrl } from './file-url.ts'
import { originText } from './public-origin.ts'
import type { PublicOrigin } from './public-origin.ts'

/** Of one call, as uniCloud's own service has it. */
const FILES_A_CALL_MAX = 50
/** What the form of OSS calls a key's id; here it only has to be something. */
const ACCESS_KEY_ID = 'drawbridge'

/** What the client's file methods are made of. */
export interface FileMethodsDeps {
  readonly files: Files
  /** Counts upload forms by space and address. */
  readonly limiterOf: (spaceId: string) => RateLimiter
  /** Where clients reach this server; undefined: where the call came in. */
  readonly publicOrigin?: PublicOrigin
}

/** The stock client's file methods over the space's files. */
export function createFileMethods({ files, limiterOf, publicOrigin }: FileMethodsDeps): FileMethods {
  const offer = ({ space: { spaceId }, facts: { clientIp } }: FileCall, cloudPath: string) => {
    if (!files.settings(spaceId).clientUpload) throw refused('clientUpload')
    limiterOf(spaceId).take(`${spaceId} ${clientIp}`)
    return files.offer(spaceId, cloudPath)
  }
  const originOf = ({ origin }: FileCall): PublicOrigin => publicOrigin ?? origin
  const baseOf = ({ spaceId }: FileCall['space']): string => `/files/${encodeURIComponent(spaceId)}`

  const urlOf = async (call: FileCall, fileId: string, maxSeconds?: number): Promise<string | undefined> => {
    const { spaceId } = call.space
    const key = readFileUrl(fileId, spaceId)
    const file = key && (await files.find(key))
    if (!file) return undefined
    const { urlSeconds } = files.settings(spaceId)
    const seconds = Math.max(1, Math.min(Math.floor(maxSeconds ?? urlSeconds), urlSeconds))
    return files.temporaryUrl(file, originText(originOf(call)), seconds)
  }

  return {
    async signAliyunUpload(call, { filename, fileId }) {
      const { scheme, authority } = originOf(call)
      // The client writes https:// itself: over plain http its upload would go nowhere.
      if (scheme !== 'https') throw refused('publicUrl', 'clients of class aliyun upload over https only')
      const ticket = offer(call, fileId ?? filename)
      const base = baseOf(call.space)
      return {
        id: ticket.id,
        host: `${authority}${base}/upload`,
        cdnDomain: `${authority}${base}`,
        ossPath: `${ticket.id}/${encodeURIComponent(readCloudPath(ticket.path).name)}`,
        accessKeyId: ACCESS_KEY_ID,
        policy: ticket.policy,
        signature: ticket.signature,
      }
    },

    async reportAliyunUpload({ space: { spaceId } }, { id }) {
      if (!(await files.find({ spaceId, id }))) throw new DrawbridgeError('FILE_NOT_FOUND')
      return {}
    },

    async describeAliyunFiles(call, ids) {
      limitCount(ids)
      const urls = await Promise.all(ids.map((id) => urlOf(call, id)))
      return urls.map((url, index) => ({ id: ids[index] ?? '', ...(url !== undefined && { url }) }))
    },

    async signDcloudUpload(call, { cloudPath }) {
      const ticket = offer(call, cloudPath)
      const origin = originText(originOf(call))
      const { name } = readCloudPath(ticket.path)
      return {
        url: `${origin}${baseOf(call.space)}/upload`,
        formData: { policy: ticket.policy, Signature: ticket.signature },
        name: 'file',
        fileUrl: `${origin}${filePathname(ticket, name)}`,
      }
    },

    async reportDcloudUpload({ space: { spaceId } }, { cloudPath }) {
      if (!(await files.hasArrived(spaceId, cloudPath))) throw new DrawbridgeError('FILE_NOT_FOUND')
      return {}
    },

    async deleteDcloudFiles({ space: { spaceId } }, { fileList }) {
      if (!files.settings(spaceId).clientDelete) throw refused('clientDelete')
      limitCount(fileList)
      return { fileList: await Promise.all(fileList.map((fileID) => removeFile(files, spaceId, fileID))) }
    },

    async signDcloudUrls(call, { fileList, maxAge }) {
      limitCount(fileList)
      const urls = await Promise.all(fileList.map((fileID) => urlOf(call, fileID, maxAge)))
      return { fileList: fileList.map((fileID, index) => ({ fileID, tempFileURL: urls[index] ?? '' })) }
    },
  }
}

/** Removes the file of a fileID; says what became of it as uniCloud does, and the same for what never was. */
export async function removeFile(
  files: Files,
  spaceId: string,
  fileID: string,
): Promise<{ readonly fileID: string; readonly code: 'SUCCESS' | 'FILE_NOT_FOUND' }> {
  const key = readFileUrl(fileID, spaceId)
  return { fileID, code: key && (await files.remove(key)) ? 'SUCCESS' : 'FILE_NOT_FOUND' }
}

function limitCount(list: readonly string[]): void {
  if (list.length > FILES_A_CALL_MAX)
    throw new DrawbridgeError('REQUEST_INVALID', { field: 'fileList', limit: FILES_A_CALL_MAX })
}

function refused(setting: string, reason?: string): DrawbridgeError {
  return new DrawbridgeError('FILE_OPERATION_REFUSED', { setting, ...(reason !== undefined && { reason }) })
}
