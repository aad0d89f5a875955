import { utf8Encode } from '@drawbridge/protocol'
import type { HostFiles } from '../host.ts'
import { askWx, exactBuffer } from './ask-wx.ts'
import type { Wx } from './wx.ts'

/** A mini program's files. What is kept lies below `USER_DATA_PATH`: nowhere else may an app write. */
export function createMiniProgramFiles(wx: Wx): HostFiles {
  const ask = (name: 'readFile' | 'unlink' | 'writeFile', options: object): Promise<unknown> =>
    askWx(wx.getFileSystemManager(), name, options)

  const remove = (filePath: string): Promise<unknown> => ask('unlink', { filePath }).catch(() => undefined)

  const keep = async (bytes: Uint8Array, name: string): Promise<{ readonly tempFilePath: string }> => {
    const filePath = `${wx.env.USER_DATA_PATH}/${name}`
    try {
      await ask('writeFile', { filePath, data: exactBuffer(bytes) })
    } catch (cause) {
      // A disk that is full may hold the first half.
      await remove(filePath)
      throw cause
    }
    return { tempFilePath: filePath }
  }

  return {
    keep,
    async read(filePath) {
      const { data } = (await ask('readFile', { filePath })) as WxFile
      return new Uint8Array(data)
    },
    async upload({ url, name, formData, file, spareName, timeoutMs, onProgress }) {
      const spare = file instanceof Uint8Array ? (await keep(file, spareName)).tempFilePath : undefined
      const uploadFile = (options: object): unknown =>
        wx
          .uploadFile(options)
          .onProgressUpdate(({ totalBytesSent: loaded, totalBytesExpectedToSend: total }) =>
            onProgress({ loaded, total }),
          )
      const asked = { url, name, formData, filePath: spare ?? file }
      try {
        const { statusCode, data } = (await askWx({ uploadFile }, 'uploadFile', asked, timeoutMs)) as WxUploaded
        return { status: statusCode, body: utf8Encode(data) }
      } finally {
        if (spare) await remove(spare)
      }
    },
    async download(url, _, timeoutMs) {
      const { statusCode, tempFilePath } = (await askWx(wx, 'downloadFile', { url }, timeoutMs)) as WxDownloaded
      // wx keeps the page of an error too.
      if (statusCode >= 400) await remove(tempFilePath)
      return { status: statusCode, tempFilePath }
    },
  }
}

interface WxFile {
  readonly data: ArrayBuffer
}
interface WxUploaded {
  readonly statusCode: number
  readonly data: string
}
interface WxDownloaded {
  readonly statusCode: number
  readonly tempFilePath: string
}
