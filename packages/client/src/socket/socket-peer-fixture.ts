import { setImmediate } from 'node:timers/promises'
import { createSocketCipher, utf8Decode } from '@drawbridge/protocol'
import type { SocketCipher } from '@drawbridge/protocol'
import type { HostSocketEvents } from '../host.ts'
import { openPeer } from '../peer-fixture.ts'
import type { Peer } from '../peer-fixture.ts'
import type { SocketTask } from './create-socket-task.ts'

/** One connection that the phone made. */
export interface PeerLink {
  readonly url: string
  readonly protocol: string
  readonly events: HostSocketEvents
  /** Frames that came behind the opening, as they came. */
  readonly frames: Uint8Array[]
  /** The server's side, where the opening was accepted. */
  cipher: SocketCipher | undefined
  isClosed: boolean
}

/** A peer that takes sockets. */
export interface SocketPeer extends Peer {
  readonly links: PeerLink[]
  /** What the server says first, instead of what it would say. */
  first: ((link: PeerLink) => void) | undefined
  /** What happens to a message of the phone's on the way; it is lost where this throws. */
  onSend: (message: Uint8Array) => void
}

/** Opens one; it accepts every opening, with the protocol `chat`. */
export async function openSocketPeer(options: Parameters<typeof openPeer>[0] = {}): Promise<SocketPeer> {
  const parts: Omit<SocketPeer, keyof Peer> = { links: [], first: undefined, onSend: () => undefined }
  const peer: SocketPeer = Object.assign(await openPeer(options), parts)
  peer.handler = () => ({ protocol: 'chat', header: { 'x-backend': '1' } })
  peer.connect = (url, protocol, events) => {
    const link: PeerLink = { url, protocol, events, frames: [], cipher: undefined, isClosed: false }
    peer.links.push(link)
    let isFirst = true
    void Promise.resolve().then(() => !link.isClosed && events.open())
    return {
      async send(message) {
        peer.onSend(message)
        await setImmediate()
        if (!isFirst) {
          link.frames.push(message)
          return
        }
        isFirst = false
        if (peer.first) {
          peer.first(link)
          return
        }
        const { answer, opening } = peer.receive(message)
        link.cipher = opening && createSocketCipher(opening.schedule, 'server', opening)
        const isSealed = answer.status === 200
        events.message(isSealed ? answer.body : (utf8Decode(answer.body) ?? ''))
        if (!opening) events.gone({ errMsg: 'closed with 1008' })
      },
      close() {
        if (link.isClosed) return
        link.isClosed = true
        void setImmediate().then(() => events.gone({ errMsg: 'closed' }))
      },
    }
  }
  return peer
}

/** What a socket tells, in order. */
export function listen(task: SocketTask): unknown[] {
  const told: unknown[] = []
  task.onOpen((event) => told.push(['open', event.protocol]))
  task.onMessage(({ data }) => told.push(typeof data === 'string' ? data : [...new Uint8Array(data)]))
  task.onError(({ errCode }) => told.push(['error', errCode]))
  task.onClose(({ code, reason }) => told.push(['close', code, reason]))
  return told
}

/** Until something has come true, or for so many turns that it never will. */
export async function until(what: () => unknown): Promise<void> {
  for (let turn = 0; turn < 200 && !what(); turn++) await setImmediate()
}
