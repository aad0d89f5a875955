import { callWithoutPromise } from '../api-call.ts'
import type { Callbacks, Ok } from '../api-call.ts'
import type { Files } from '../files.ts'
import { checkDomain } from './check-domain.ts'
import { createEvents } from './events.ts'
import { exchange } from './exchange.ts'
import { foldHeaders, requestHeaders } from './headers.ts'
import type { ResponseHeaders } from './headers.ts'
import { runTask } from './network.ts'
import type { Network } from './network.ts'
import { refererOf } from './referer.ts'

/** What wx.downloadFile gives: a temporary path, or the path that was asked for. */
export interface DownloadResult extends Ok, ResponseHeaders {
  readonly tempFilePath?: string
  readonly filePath?: string
  readonly statusCode: number
  readonly profile: Readonly<Record<string, number>>
}

/** What wx.downloadFile takes. */
export interface DownloadOptions extends Callbacks<DownloadResult> {
  readonly url: string
  readonly header?: Readonly<Record<string, unknown>>
  readonly timeout?: number
  readonly filePath?: string
}

/** How far a download has come. */
export interface DownloadProgress {
  readonly progress: number
  readonly totalBytesWritten: number
  readonly totalBytesExpectedToWrite: number
}

/** What wx.downloadFile returns; never a Promise. */
export interface DownloadTask {
  abort(): void
  onProgressUpdate(listener: (event: DownloadProgress) => void): void
  offProgressUpdate(listener?: (event: DownloadProgress) => void): void
  onHeadersReceived(listener: (event: ResponseHeaders) => void): void
  offHeadersReceived(listener?: (event: ResponseHeaders) => void): void
}

/** wx.downloadFile. */
export function wxDownloadFile(network: Network, files: Files, options: DownloadOptions): DownloadTask {
  const { place } = network
  const progress = createEvents<DownloadProgress>()
  const headersReceived = createEvents<ResponseHeaders>()
  const headerCase = place.platform.switches.get('responseHeaderCase', place.app())

  const task = runTask(
    network,
    { api: 'downloadFile', kind: 'downloadFile', timeoutMs: options.timeout },
    async (signal) => {
      const url = checkDomain('downloadFile', options.url, {
        kind: 'downloadFile',
        domains: place.app().domains,
        skip: place.platform.switches.get('skipDomainCheck', place.app()),
      })
      const answer = await exchange(network, {
        api: 'downloadFile',
        url,
        method: 'GET',
        headers: requestHeaders(options.header ?? {}, refererOf(place)),
        followRedirects: true,
        signal,
        onHeaders: (_, raw) => headersReceived.emit(foldHeaders(raw, headerCase)),
        onChunk: (_, received, expected) =>
          progress.emit({
            progress: expected === 0 ? 0 : Math.floor((received / expected) * 100),
            totalBytesWritten: received,
            totalBytesExpectedToWrite: expected,
          }),
      })
      const { filePath } = options
      if (filePath !== undefined) files.write(filePath, answer.body)
      return {
        ...(filePath === undefined ? { tempFilePath: files.writeTemporary(answer.body) } : { filePath: filePath }),
        statusCode: answer.statusCode,
        profile: {},
        ...foldHeaders(answer.rawHeaders, headerCase),
      }
    },
  )
  callWithoutPromise('downloadFile', options, () => task.done)
  return {
    abort: () => task.abort(),
    onProgressUpdate: progress.on,
    offProgressUpdate: progress.off,
    onHeadersReceived: headersReceived.on,
    offHeadersReceived: headersReceived.off,
  }
}
