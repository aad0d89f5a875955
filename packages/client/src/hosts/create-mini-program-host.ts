import type { Host, HostUi, UserKey } from '../host.ts'
import { askWx, exactBuffer } from './ask-wx.ts'
import { connectMiniProgram } from './connect-mini-program.ts'
import { createMiniProgramFiles } from './create-mini-program-files.ts'
import { startTimer } from './start-timer.ts'
import type { Wx } from './wx.ts'

/** A mini program of WeChat. @param wx WeChat's own object @param now ms since epoch */
export function createMiniProgramHost(wx: Wx, now: () => number): Host {
  let info: Readonly<Record<string, unknown>> | undefined
  return {
    platform: 'mp-weixin',
    now,
    startTimer,
    files: createMiniProgramFiles(wx),
    connect: connectMiniProgram(wx),
    async request({ method = 'POST', url, header, body, timeoutMs }) {
      const data = body instanceof Uint8Array ? exactBuffer(body) : body
      const asked = { url, method, header, data, dataType: 'other', responseType: 'arraybuffer' }
      const answer = (await askWx(wx, 'request', asked, timeoutMs)) as WxAnswer
      return { status: answer.statusCode, header: answer.header, body: new Uint8Array(answer.data) }
    },
    async random(length) {
      const source = wx.getRandomValues ? wx : wx.getUserCryptoManager?.()
      const answer = (await askWx(source, 'getRandomValues', { length })) as RandomAnswer
      return new Uint8Array(answer.randomValues)
    },
    storage: { get: (name) => wx.getStorageSync(name), set: (name, value) => wx.setStorageSync(name, value) },
    // Reading it takes milliseconds on a phone, and it stays the same.
    info: () => (info = info ?? readInfo(wx)),
    weixin: {
      appId: () => wx.getAccountInfoSync().miniProgram.appId,
      login: async () => ((await askWx(wx, 'login', {})) as LoginAnswer).code,
      userKey: () => askWx(wx.getUserCryptoManager?.(), 'getLatestUserKey', {}) as Promise<UserKey>,
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
    async alert(content, showCancel) {
      const confirmText = showCancel ? '重试' : '确定'
      const options = { title: '提示', content, showCancel, confirmText, cancelText: '取消' }
      const asked = askWx(wx, 'showModal', options)
      const { confirm } = Object(await asked.catch(() => undefined)) as { readonly confirm?: boolean }
      return confirm === true
    },
  }
}
