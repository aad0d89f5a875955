import type { Host, HostUi, UserKey } from '../host.ts'
import type { Wx } from './wx.ts'

/** A mini program of WeChat. @param wx WeChat's own object @param now ms since epoch */
export function createMiniProgramHost(wx: Wx, now: () => number): Host {
  let info: Readonly<Record<string, unknown>> | undefined
  return {
    platform: 'mp-weixin',
    now,
    async request({ url, header, body, timeoutMs }) {
      const data = typeof body === 'string' ? body : exactBuffer(body)
      const timeout = timeoutMs === undefined ? {} : { timeout: timeoutMs }
      const base = { url, method: 'POST', header, data, dataType: 'other', responseType: 'arraybuffer' }
      const answer = await ask<WxAnswer>((options) => wx.request(options), Object.assign(base, timeout))
      return { status: answer.statusCode, header: answer.header, body: new Uint8Array(answer.data) }
    },
    async random(length) {
      const source = wx.getRandomValues ? wx : wx.getUserCryptoManager?.()
      const answer = await ask<RandomAnswer>((options) => source?.getRandomValues?.(options), { length }, !source)
      return new Uint8Array(answer.randomValues)
    },
    storage: { get: (name) => wx.getStorageSync(name), set: (name, value) => wx.setStorageSync(name, value) },
    // Reading it takes milliseconds on a phone, and it stays the same.
    info: () => (info = info ?? readInfo(wx)),
    weixin: {
      appId: () => wx.getAccountInfoSync().miniProgram.appId,
      login: async () => (await ask<LoginAnswer>((options) => wx.login(options), {})).code,
      userKey: () => {
        const manager = wx.getUserCryptoManager?.()
        return ask<UserKey>((options) => manager?.getLatestUserKey(options), {}, !manager)
      },
    },
    ui: createUi(wx),
  }
}

interface WxAnswer {
  readonly statusCode: number
  readonly header: Readonly<Record<string, unknown>>
  readonly data: ArrayBuffer
}
interface RandomAnswer {
  readonly randomValues: ArrayBuffer
}
interface LoginAnswer {
  readonly code: string
}

/** An API of wx as a promise. What it returns itself is left alone: it is a task, a promise or nothing. */
function ask<T>(api: (options: object) => unknown, options: object, isAbsent = false): Promise<T> {
  return new Promise((resolve, reject) => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what wx's own failures look like
    if (isAbsent) reject({ errMsg: 'fail: the base library is too old' })
    api(Object.assign({ success: resolve, fail: reject }, options))
  })
}

/** wx sends the whole buffer that a view lies in. */
function exactBuffer(bytes: Uint8Array): ArrayBufferLike {
  return bytes.length === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer
}

function readInfo(wx: Wx): Readonly<Record<string, unknown>> {
  const said = (
    wx.getAppBaseInfo && wx.getDeviceInfo
      ? Object.assign(wx.getAppBaseInfo(), wx.getDeviceInfo())
      : wx.getSystemInfoSync()
  ) as Readonly<Record<string, string>>
  const { platform = '', system = '', brand, model, language = '', version } = said
  const osVersion = system.split(' ')[1]
  return {
    osName: platform.toLowerCase(),
    osVersion,
    deviceBrand: brand,
    deviceModel: model,
    hostName: 'WeChat',
    hostVersion: version,
    appLanguage: language,
    locale: language,
  }
}

function createUi(wx: Wx): HostUi {
  return {
    showLoading: (options) => void wx.showLoading?.(options),
    hideLoading: () => void wx.hideLoading?.({}),
    toast: (title) => void wx.showToast?.({ title, icon: 'none' }),
    alert: (content, retry) =>
      new Promise((resolve) => {
        const end = (answer: { readonly confirm?: boolean }): void => resolve(answer.confirm === true)
        const words = { title: '提示', confirmText: retry ? '重试' : '确定', cancelText: '取消' }
        if (wx.showModal) wx.showModal(Object.assign({ content, showCancel: retry, success: end, fail: end }, words))
        else resolve(false)
      }),
  }
}
