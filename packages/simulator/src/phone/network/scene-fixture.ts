import type { TestContext } from 'node:test'
import { receiver } from '../../callbacks/receiver-fixture.ts'
import type { Received, Receiver, ReceiverAnswer } from '../../callbacks/receiver-fixture.ts'
import { APPIDS, simulatorUnderTest } from '../../simulator-under-test-fixture.ts'
import type { Simulator, SimulatorOptions } from '../../simulator.ts'
import type { Phone } from '../phone.ts'
import type { DownloadOptions, DownloadResult } from './download-file.ts'
import type { RequestOptions, RequestResult } from './request.ts'
import type { UploadOptions, UploadResult } from './upload-file.ts'

/** An answer that tells what was asked. */
export const echo = ({ method, url, headers, body }: Received): ReceiverAnswer => ({
  headers: { 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'] },
  body: JSON.stringify({
    method,
    url,
    type: headers['content-type'],
    referer: headers['referer'],
    body: body.toString(),
  }),
})

/** A phone, a server to talk to, and the simulator that both belong to. */
export interface Scene {
  readonly phone: Phone
  readonly server: Receiver
  readonly simulator: Simulator
}

/** Makes a scene; all is closed when the test ends. */
export async function scene(
  t: TestContext,
  answer: (request: Received) => ReceiverAnswer | undefined = echo,
  options: SimulatorOptions = {},
  phoneOptions: object = {},
): Promise<Scene> {
  const { simulator } = await simulatorUnderTest(t, options)
  const server = await receiver(answer)
  t.after(() => server.close())
  return { simulator, server, phone: simulator.phone({ appid: APPIDS.mp, ...phoneOptions }) }
}

/** wx.request as a Promise. */
export const ask = ({ wx }: Phone, options: RequestOptions): Promise<RequestResult> =>
  new Promise((resolve, reject) => wx.request({ ...options, success: resolve, fail: reject }))
/** wx.uploadFile as a Promise. */
export const upload = ({ wx }: Phone, options: UploadOptions): Promise<UploadResult> =>
  new Promise((resolve, reject) => wx.uploadFile({ ...options, success: resolve, fail: reject }))
/** wx.downloadFile as a Promise. */
export const download = ({ wx }: Phone, options: DownloadOptions): Promise<DownloadResult> =>
  new Promise((resolve, reject) => wx.downloadFile({ ...options, success: resolve, fail: reject }))

/** Waits in real time until something is so. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2))
}
