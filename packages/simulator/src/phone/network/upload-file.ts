import { callWithoutPromise } from '../api-call.ts'
import type { Callbacks, Ok } from '../api-call.ts'
import type { Files } from '../files.ts'
import { WxError } from '../wx-error.ts'
import { checkDomain } from './check-domain.ts'
import { createEvents } from './events.ts'
import { exchange } from './exchange.ts'
import { foldHeaders, requestHeaders } from './headers.ts'
import type { ResponseHeaders } from './headers.ts'
import { runTask } from './network.ts'
import type { Network } from './network.ts'
import { refererOf } from './referer.ts'

/** What wx.uploadFile gives; `data` is always text. */
export interface UploadResult extends Ok, ResponseHeaders {
  readonly data: string
  readonly statusCode: number
}

/** What wx.uploadFile takes. */
export interface UploadOptions extends Callbacks<UploadResult> {
  readonly url: string
  readonly filePath: string
  readonly name: string
  readonly header?: Readonly<Record<string, unknown>>
  readonly formData?: Readonly<Record<string, unknown>>
  readonly timeout?: number
}

/** How far an upload has come. */
export interface UploadProgress {
  readonly progress: number
  readonly totalBytesSent: number
  readonly totalBytesExpectedToSend: number
}

/** What wx.uploadFile returns; never a Promise. */
export interface UploadTask {
  abort(): void
  onProgressUpdate(listener: (event: UploadProgress) => void): void
  offProgressUpdate(listener?: (event: UploadProgress) => void): void
  onHeadersReceived(listener: (event: ResponseHeaders) => void): void
  offHeadersReceived(listener?: (event: ResponseHeaders) => void): void
}

/** wx.uploadFile: one file and its form fields as multipart/form-data. */
export function wxUploadFile(network: Network, files: Files, options: UploadOptions): UploadTask {
  const { place } = network
  const progress = createEvents<UploadProgress>()
  const headersReceived = createEvents<ResponseHeaders>()
  const headerCase = place.platform.switches.get('responseHeaderCase', place.app())

  const task = runTask(
    network,
    { api: 'uploadFile', kind: 'uploadFile', timeoutMs: options.timeout },
    async (signal) => {
      const url = checkDomain('uploadFile', options.url, {
        kind: 'uploadFile',
        domains: place.app().domains,
        skip: place.platform.switches.get('skipDomainCheck', place.app()),
      })
      const bytes = files.read(options.filePath)
      if (bytes === undefined) throw new WxError('uploadFile', "file doesn't exist")
      const boundary = `----simulator${place.platform.random.bytes('boundary', 12).toString('hex')}`
      const body = multipart(boundary, options, bytes)
      const answer = await exchange(network, {
        api: 'uploadFile',
        url,
        method: 'POST',
        headers: {
          ...requestHeaders(options.header ?? {}, refererOf(place)),
          'content-type': `multipart/form-data; boundary=${boundary}`,
        },
        body,
        followRedirects: true,
        signal,
        onHeaders: (_, raw) => {
          progress.emit({ progress: 100, totalBytesSent: body.length, totalBytesExpectedToSend: body.length })
          headersReceived.emit(foldHeaders(raw, headerCase))
        },
      })
      const folded = foldHeaders(answer.rawHeaders, headerCase)
      return { data: answer.body.toString('utf8'), statusCode: answer.statusCode, ...folded }
    },
  )
  callWithoutPromise('uploadFile', options, () => task.done)
  return {
    abort: () => task.abort(),
    onProgressUpdate: progress.on,
    offProgressUpdate: progress.off,
    onHeadersReceived: headersReceived.on,
    offHeadersReceived: headersReceived.off,
  }
}

function multipart(boundary: string, { name, filePath, formData = {} }: UploadOptions, bytes: Buffer): Buffer {
  const fields = Object.entries(formData).map(
    ([field, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(field)}"\r\n\r\n${String(value)}\r\n`,
  )
  const filename = quoted(filePath.split('/').at(-1) ?? 'file')
  const head =
    `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"; filename="${filename}"\r\n` +
    'Content-Type: application/octet-stream\r\n\r\n'
  return Buffer.concat([Buffer.from(fields.join('') + head, 'utf8'), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)])
}

function quoted(text: string): string {
  return text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}
