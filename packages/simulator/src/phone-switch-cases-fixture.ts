import { receiver } from './callbacks/receiver-fixture.ts'
import type { WxError } from './phone/wx-error.ts'
import type { Caller } from './simulator-under-test-fixture.ts'
import { mp } from './switch-case-fixture.ts'
import type { SwitchCase } from './switch-case-fixture.ts'
import type { SwitchName } from './switches.ts'

const requestErrno = async (caller: Caller, count: number): Promise<number> => {
  const server = await receiver(() => undefined)
  const { wx } = caller.simulator.phone({ appid: mp.appid })
  let refused = 0
  const tasks = Array.from({ length: count }, () =>
    wx.request({ url: server.url, fail: (error) => (refused += error.errno === 600007 ? 1 : 0) }),
  )
  await new Promise((resolve) => setTimeout(resolve, 100))
  const before = refused
  for (const task of tasks) task.abort()
  await server.close()
  return before
}

/** Switches of the phone. */
export const phoneSwitchCases = {
  expireTimeUnit: {
    look: ({ simulator }) =>
      new Promise((resolve) => {
        const manager = simulator.createWx({ appid: mp.appid }).getUserCryptoManager()
        manager.getLatestUserKey({
          success: ({ expireTime }) =>
            resolve(
              expireTime - (expireTime > 1e11 ? simulator.control.clock.now() : simulator.control.clock.now() / 1000),
            ),
        })
      }),
    seen: [
      ['default', 3_600_000],
      ['s', 3_600],
    ],
  },
  loginReturnsPromise: {
    look: async ({ simulator }) => simulator.createWx({ appid: mp.appid }).login() instanceof Promise,
    seen: [
      ['default', true],
      [false, false],
    ],
  },
  loginTooOftenErrno: {
    look: async ({ simulator }) => {
      simulator.control.limits.set({ loginPerSecond: 0 })
      return simulator
        .createWx({ appid: mp.appid })
        .checkSession()
        .catch((error: unknown) => (error as WxError).errno)
    },
    seen: [
      ['default', 1003],
      [510001, 510001],
    ],
  },
  skipDomainCheck: {
    look: async (caller) => {
      const server = await receiver(() => 'ok')
      const { wx } = caller.simulator.phone({ appid: mp.appid })
      const seen = await new Promise((resolve) =>
        wx.request({ url: server.url, success: ({ data }) => resolve(data), fail: ({ errno }) => resolve(errno) }),
      )
      await server.close()
      return seen
    },
    seen: [
      ['default', 'ok'],
      [false, 600002],
    ],
  },
  networkExcess: {
    look: (caller) => requestErrno(caller, 12),
    seen: [
      ['default', 2],
      ['queue', 0],
    ],
  },
  networkLimitShared: {
    look: async (caller) => {
      const server = await receiver(() => undefined)
      const { wx } = caller.simulator.phone({ appid: mp.appid })
      let refused = 0
      const fail = ({ errno }: { readonly errno: number | undefined }): void =>
        void (refused += errno === 600007 ? 1 : 0)
      const tasks = Array.from({ length: 6 }, () => [
        wx.request({ url: server.url, fail }),
        wx.downloadFile({ url: server.url, fail }),
      ])
      await new Promise((resolve) => setTimeout(resolve, 100))
      const before = refused
      for (const task of tasks.flat()) task.abort()
      await server.close()
      return before
    },
    seen: [
      ['default', 0],
      [true, 2],
    ],
  },
  backgroundRefuses: {
    look: async (caller) => {
      const server = await receiver(() => 'ok')
      const phone = caller.simulator.phone({ appid: mp.appid })
      phone.background()
      const seen = await new Promise((resolve) =>
        phone.wx.request({
          url: server.url,
          success: ({ data }) => resolve(data),
          fail: ({ errno }) => resolve(errno),
        }),
      )
      await server.close()
      return seen
    },
    seen: [
      ['default', 'ok'],
      ['at-once', 600003],
    ],
  },
  responseHeaderCase: {
    look: async (caller) => {
      const server = await receiver(() => ({ headers: { 'x-ReQuest-ID': '1' } }))
      const { wx } = caller.simulator.phone({ appid: mp.appid })
      const seen = await new Promise((resolve) =>
        wx.request({ url: server.url, success: ({ header }) => resolve(Object.keys(header)[0]), fail: resolve }),
      )
      await server.close()
      return seen
    },
    seen: [
      ['default', 'X-Request-Id'],
      ['lower', 'x-request-id'],
      ['as-sent', 'x-ReQuest-ID'],
    ],
  },
} satisfies Partial<Record<SwitchName, SwitchCase>>
