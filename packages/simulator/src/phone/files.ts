import { WxError } from './wx-error.ts'

/** The files of one user's mini program: temporary ones and those below `wx.env.USER_DATA_PATH`. */
export interface Files {
  write(path: string, bytes: Uint8Array): void
  /** Keeps bytes under a new temporary path and returns it. */
  writeTemporary(bytes: Uint8Array, extension?: string): string
  /** Undefined when there is no such file. */
  read(path: string): Buffer | undefined
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
    list: () => [...files.keys()],
  }
}

/** The part of wx.getFileSystemManager() that reads and writes whole files. */
export interface FileSystemManager {
  /** Without an encoding an ArrayBuffer. Throws when there is no such file. */
  readFileSync(filePath: string, encoding?: 'utf8' | 'utf-8' | 'base64' | 'hex'): string | ArrayBuffer
  writeFileSync(filePath: string, data: string | ArrayBuffer, encoding?: 'utf8' | 'utf-8' | 'base64' | 'hex'): void
}

/** Binds the file manager to a disk. */
export function createFileSystemManager(files: Files): FileSystemManager {
  return {
    readFileSync(filePath, encoding) {
      const bytes = files.read(filePath)
      if (bytes === undefined) throw new WxError('readFileSync', `no such file or directory, open ${filePath}`)
      return encoding === undefined ? Uint8Array.from(bytes).buffer : bytes.toString(encoding)
    },
    writeFileSync(filePath, data, encoding = 'utf8') {
      if (!filePath.startsWith(`${USER_DATA_PATH}/`))
        throw new WxError('writeFileSync', `permission denied, open ${filePath}`)
      files.write(filePath, typeof data === 'string' ? Buffer.from(data, encoding) : new Uint8Array(data))
    },
  }
}
