import { ServerResponse } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** A request whose connection may become another protocol's. */
export interface Upgrade {
  readonly request: IncomingMessage
  readonly socket: Socket
  /** What came behind the request already. */
  readonly head: Buffer
  /** The connection is no longer HTTP's: what the route answers from then on is not sent. */
  release(): void
}

/** Whose requests are upgrades. */
export interface UpgradeTaker {
  /** Whether the request goes to one of the paths as a WebSocket's; any other is served as if it asked for nothing. */
  isWanted(request: IncomingMessage): boolean
  /** Leads upgrades through the server's own routes; before it listens. @param refuse answers and ends the connection */
  attach(server: FastifyInstance, refuse: (socket: Socket) => void): void
}

/** Takes upgrades for these paths. */
export function createUpgradeTaker(paths: readonly string[]): UpgradeTaker {
  const isWanted = ({ url = '', headers }: IncomingMessage): boolean =>
    headers.upgrade?.toLowerCase() === 'websocket' && paths.includes(url.split('?', 1)[0] ?? '')
  return {
    isWanted,
    attach(server, refuse) {
      server.server.on('upgrade', (request, socket, head) => {
        if (!(socket instanceof Socket)) {
          socket.destroy()
          return
        }
        // Before 24.9 Node asks nobody, and hands over requests that could as well be served.
        if (isWanted(request)) server.routing(request, responseTo({ request, socket, head }))
        else refuse(socket)
      })
    },
  }
}

/** The upgrade that a request asks for; undefined: none, or none that was wanted. */
export function upgradeOf(request: IncomingMessage): Upgrade | undefined {
  return upgrades.get(request)
}

const upgrades = new WeakMap<IncomingMessage, Upgrade>()

/** What a route answers with where it does not take the connection: the last thing that is said on it. */
function responseTo(parts: Omit<Upgrade, 'release'>): ServerResponse {
  const { request, socket } = parts
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(socket)
  // Node has let go of the connection and of its errors with it.
  const ignore = (): void => undefined
  socket.on('error', ignore)
  const end = (): void => {
    socket.destroySoon()
  }
  response.once('finish', end)
  upgrades.set(request, {
    ...parts,
    release() {
      response.off('finish', end)
      response.detachSocket(socket)
    },
  })
  return response
}
