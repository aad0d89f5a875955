import { DrawbridgeError } from '@drawbridge/protocol'
import type { FileMethods } from '../unicloud/file-methods.ts'
import { basePath, limitCount, refusedBy } from './client-files.ts'
import type { ClientFiles } from './client-files.ts'
import { readCloudPath } from './cloud-path.ts'
import type { Files } from './create-files.ts'

/** What the form of OSS calls a key's id; here it only has to be something. */
const ACCESS_KEY_ID = 'drawbridge'

/** The stock client's file methods over the space's files. */
export function createFileMethods(files: Files, client: ClientFiles): FileMethods {
  return {
    async signAliyunUpload(call, { filename, fileId }) {
      const { scheme, authority } = client.originOf(call)
      // The client writes https:// itself: over plain http its upload would go nowhere.
      if (scheme !== 'https') throw refusedBy('publicUrl', 'clients of class aliyun upload over https only')
      const ticket = client.offer(call, fileId ?? filename)
      const base = basePath(call)
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
      const urls = await Promise.all(ids.map((id) => client.urlOf(call, id)))
      return urls.map((url, index) => ({ id: ids[index] ?? '', ...(url !== undefined && { url }) }))
    },

    async signDcloudUpload(call, { cloudPath }) {
      const { fileId: fileUrl, ...form } = client.formOf(call, client.offer(call, cloudPath))
      return { ...form, fileUrl }
    },

    async reportDcloudUpload({ space: { spaceId } }, { cloudPath }) {
      if (!(await files.hasArrived(spaceId, cloudPath))) throw new DrawbridgeError('FILE_NOT_FOUND')
      return {}
    },

    deleteDcloudFiles(call, { fileList }) {
      return client.removeAll(call, fileList)
    },

    async signDcloudUrls(call, { fileList, maxAge }) {
      limitCount(fileList)
      const urls = await Promise.all(fileList.map((fileID) => client.urlOf(call, fileID, maxAge)))
      return { fileList: fileList.map((fileID, index) => ({ fileID, tempFileURL: urls[index] ?? '' })) }
    },
  }
}
