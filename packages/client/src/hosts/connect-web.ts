import type { Host } from '../host.ts'
import { hostError } from '../uni-cloud-error.ts'

/** The constructor of WebSockets, as browsers and Node have it. */
export type WebSocketClass = new (url: string, protocols: string[]) => WebSocketLike

interface WebSocketLike {
  binaryType: string
  readonly readyState: number
  send(data: Uint8Array<ArrayBuffer>): void
  close(): void
  addEventListener(type: 'open' | 'error' | 'close', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
}

/** WebSockets of a page, and of Node. */
export function connectWeb(WebSocket: WebSocketClass): Host['connect'] {
  return (url, protocol, { open, message, gone }) => {
    const socket = new WebSocket(url, [protocol])
    const fail = (): void => gone({ errMsg: 'connectSocket:fail closed' })
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('open', () => open())
    socket.addEventListener('message', ({ data }) =>
      message(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer)),
    )
    socket.addEventListener('error', fail)
    socket.addEventListener('close', fail)
    return {
      // A WebSocket that is closed drops what it is given, and says nothing.
      send(bytes) {
        if (socket.readyState !== 1) return Promise.reject(hostError({ errMsg: 'sendSocketMessage:fail closed' }))
        socket.send(Uint8Array.from(bytes))
        return Promise.resolve()
      },
      close: () => socket.close(),
    }
  }
}
