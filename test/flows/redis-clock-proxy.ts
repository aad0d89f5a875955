import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** A way to Redis on which its clock has moved; all else is as it is. */
export interface RedisClockProxy {
  readonly url: string
  /** Nothing goes to Redis before time has passed. */
  hold(): void
  pass(ms: number): void
  close(): Promise<void>
}

const TIME = /\*1\r\n\$4\r\ntime\r\n/gi

/** Listens on a free loopback port. A script that answers in the shape of TIME takes its place. */
export async function startRedisClockProxy(port: number): Promise<RedisClockProxy> {
  let passedMs = 0
  let isHolding = false
  let held: (() => void)[] = []
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const redis = connect(port, '127.0.0.1')
    for (const [socket, other] of [
      [client, redis],
      [redis, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    redis.on('data', (data) => client.write(data))
    client.on('data', (data) => {
      const send = (): void => void redis.write(data.toString('latin1').replace(TIME, movedTime()), 'latin1')
      if (isHolding) held.push(send)
      else send()
    })
  })

  function movedTime(): string {
    const seconds = Math.round(passedMs / 1000)
    const script = `local t = redis.call('TIME') return { string.format('%d', t[1] + ${seconds}), t[2] }`
    return `*3\r\n$4\r\nEVAL\r\n$${script.length}\r\n${script}\r\n$1\r\n0\r\n`
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold() {
      isHolding = true
    },
    pass(ms) {
      passedMs += ms
      isHolding = false
      const sends = held
      held = []
      for (const send of sends) send()
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
