import type { CryptoApis } from './crypto-apis.ts'
import type { DeviceApis } from './device-apis.ts'
import type { FileSystemManager } from './files.ts'
import type { LoginApis } from './login-apis.ts'
import type { SocketOptions, SocketTask } from './network/connect-socket.ts'
import type { DownloadOptions, DownloadTask } from './network/download-file.ts'
import type { RequestOptions, RequestTask } from './network/request.ts'
import type { UploadOptions, UploadTask } from './network/upload-file.ts'
import type { StorageApis } from './storage-apis.ts'

/** The network part of `wx`: tasks, never Promises. */
export interface NetworkApis {
  request(options: RequestOptions): RequestTask
  uploadFile(options: UploadOptions): UploadTask
  downloadFile(options: DownloadOptions): DownloadTask
  connectSocket(options: SocketOptions): SocketTask
}

/** The `wx` of one mini program on one user's phone. */
export interface Wx extends LoginApis, CryptoApis, StorageApis, DeviceApis, NetworkApis {
  getFileSystemManager(): FileSystemManager
  /** Is there an API of this name in this base library? */
  canIUse(name: string): boolean
  readonly env: { readonly USER_DATA_PATH: string }
}

/** The base library in which an API first appeared; older libraries do not have it. */
const sinceVersion: Readonly<Record<string, string>> = {
  getRandomValues: '2.15.0',
  getUserCryptoManager: '2.17.3',
  getAppBaseInfo: '2.20.1',
  getDeviceInfo: '2.20.1',
}

/** Leaves out what the base library does not have yet, as a real one would. */
export function withoutNewer(wx: Wx, sdkVersion: string): Wx {
  const missing = Object.keys(sinceVersion).filter((name) => isOlder(sdkVersion, sinceVersion[name] ?? '0'))
  const entries = Object.entries(wx).filter(([name]) => !missing.includes(name))
  return Object.fromEntries(entries) as unknown as Wx
}

function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number))
  for (let n = 0; n < 3; n += 1) {
    const difference = (a?.[n] ?? 0) - (b?.[n] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}
