import { callWithoutPromise } from './api-call.ts'
import type { Callbacks, Ok } from './api-call.ts'
import { WxError } from './wx-error.ts'

/** The files of one user's mini program: temporary ones and those below `wx.env.USER_DATA_PATH`. */
export interface Files {
  write(path: string, bytes: Uint8Array): void
  /** Keeps bytes under a new temporary path and returns it. */
  writeTemporary(bytes: Uint8Array, extension?: string): string
  /** Undefined when there is no such file. */
  read(path: string): Buffer | undefined
  /** False when there is no such file. */
  remove(path: string): boolean
  list(): string[]
}

/** Where a mini program may keep files of its own. */
export const USER_DATA_PATH = 'wxfile://usr'

/** Makes an empty disk. */
export function createFiles(): Files {
  const files = new Map<string, Buffer>()
  let made = 0
  return {
    write: (path, bytes) => void files.set(path, Buffer.from(bytes)),
    writeTemporary(bytes, extension = '') {
      const path = `wxfile://tmp_${String((made += 1)).padStart(8, '0')}${extension}`
      files.set(path, Buffer.from(bytes))
      return path
    },
    read: (path) => files.get(path),
    remove: (path) => files.delete(path),
    list: () => [...files.keys()],
  }
}

type Encoding = 'utf8' | 'utf-8' | 'base64' | 'hex'

/** The part of wx.getFileSystemManager() that reads, writes and removes whole files. */
export interface FileSystemManager {
  /** Without an encoding an ArrayBuffer. */
  readFile(
    options: Callbacks<Ok & { readonly data: string | ArrayBuffer }> & {
      readonly filePath: string
      readonly encoding?: Encoding
    },
  ): void
  writeFile(
    options: Callbacks<Ok> & {
      readonly filePath: string
      readonly data: string | ArrayBuffer
      readonly encoding?: Encoding
    },
  ): void
  unlink(options: Callbacks<Ok> & { readonly filePath: string }): void
  /** Without an encoding an ArrayBuffer. Throws when there is no such file. */
  readFileSync(filePath: string, encoding?: Encoding): string | ArrayBuffer
  writeFileSync(filePath: string, data: string | ArrayBuffer, encoding?: Encoding): void
}

/**
 * Binds the file manager to a disk.
 * @param failIfAsked throws what the next call of an API is to fail with; a write that fails so has written its half
 */
export function createFileSystemManager(files: Files, failIfAsked: (api: string) => void): FileSystemManager {
  const read = (api: string, filePath: string, encoding?: Encoding): string | ArrayBuffer => {
    const bytes = files.read(filePath)
    if (bytes === undefined) throw new WxError(api, `no such file or directory, open ${filePath}`)
    return encoding === undefined ? Uint8Array.from(bytes).buffer : bytes.toString(encoding)
  }
  const write = (api: string, filePath: string, data: string | ArrayBuffer, encoding: Encoding = 'utf8'): void => {
    if (!filePath.startsWith(`${USER_DATA_PATH}/`)) throw new WxError(api, `permission denied, open ${filePath}`)
    const bytes = typeof data === 'string' ? Buffer.from(data, encoding) : new Uint8Array(data)
    files.write(filePath, bytes.subarray(0, bytes.length / 2))
    failIfAsked(api)
    files.write(filePath, bytes)
  }
  return {
    readFileSync: (filePath, encoding) => read('readFileSync', filePath, encoding),
    writeFileSync: (filePath, data, encoding) => write('writeFileSync', filePath, data, encoding),
    readFile: (options) =>
      callWithoutPromise('readFile', options, () => {
        failIfAsked('readFile')
        return { data: read('readFile', options.filePath, options.encoding) }
      }),
    writeFile: (options) =>
      callWithoutPromise('writeFile', options, () => {
        write('writeFile', options.filePath, options.data, options.encoding)
        return {}
      }),
    unlink: (options) =>
      callWithoutPromise('unlink', options, () => {
        if (files.remove(options.filePath)) return {}
        throw new WxError('unlink', `no such file or directory ${options.filePath}`)
      }),
  }
}
