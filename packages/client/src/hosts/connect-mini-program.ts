import type { Host } from '../host.ts'
import { askWx, exactBuffer } from './ask-wx.ts'
import type { Wx } from './wx.ts'

/** WebSockets of a mini program. */
export function connectMiniProgram(wx: Wx): Host['connect'] {
  return (url, protocol, { open, message, gone }) => {
    // The client's own timer is the one that counts, and ends what takes too long.
    const task = wx.connectSocket({ url, protocols: [protocol], fail: gone })
    task.onOpen(open)
    task.onMessage(({ data }) => message(typeof data === 'string' ? data : new Uint8Array(data)))
    task.onError(gone)
    task.onClose(() => gone({ errMsg: 'connectSocket:fail closed' }))
    return {
      send: (bytes) => askWx(task, 'send', { data: exactBuffer(bytes) }),
      close: () => void task.close({}),
    }
  }
}
