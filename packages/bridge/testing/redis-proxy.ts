import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** A way to Redis that goes wrong as told. */
export interface RedisProxy {
  readonly url: string
  /**
   * From now on this share of commands fails: most are refused with an error, one in five loses its connection, and of
   * those every other one is executed all the same.
   */
  fail(share: number): void
  /** From now on nothing goes through; connections are accepted and stay open. */
  hang(): void
  /** Lets everything through again, what was held up included. */
  heal(): void
  close(): Promise<void>
}

/** An unknown command of the same length in replies: one error, in its place. */
const REFUSED = Buffer.from('*1\r\n$8\r\nINJECTED\r\n')

/** Listens on a free loopback port. `random` in [0, 1). */
export async function startRedisProxy(port: number, random: () => number): Promise<RedisProxy> {
  let share = 0
  let isHanging = false
  const sockets = new Set<Socket>()
  const held = new Set<() => void>()

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
    let rest: Buffer = Buffer.alloc(0)
    const through = (pass: () => void): void => {
      if (isHanging) held.add(pass)
      else pass()
    }
    redis.on('data', (data) => through(() => client.write(data)))
    client.on('data', (data) =>
      through(() => {
        const { commands, left } = splitCommands(Buffer.concat([rest, data]))
        rest = left
        for (const command of commands) send(command, client, redis)
      }),
    )
  })

  function send(command: Buffer, client: Socket, redis: Socket): void {
    if (random() >= share) {
      redis.write(command)
      return
    }
    const dice = random()
    if (dice < 0.8) redis.write(REFUSED)
    else if (dice < 0.9) client.destroy()
    else redis.write(command, () => client.destroy())
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fail(next) {
      share = next
    },
    hang() {
      isHanging = true
    },
    heal() {
      share = 0
      isHanging = false
      const passes = [...held]
      held.clear()
      for (const pass of passes) pass()
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Cuts RESP requests (arrays of bulk strings) apart; what is not whole is left for the next data. */
function splitCommands(data: Buffer): { readonly commands: readonly Buffer[]; readonly left: Buffer } {
  const commands: Buffer[] = []
  let start = 0
  for (;;) {
    const end = commandEnd(data, start)
    if (end === undefined) return { commands, left: data.subarray(start) }
    commands.push(data.subarray(start, end))
    start = end
  }
}

function commandEnd(data: Buffer, start: number): number | undefined {
  const head = lineEnd(data, start)
  if (head === undefined) return undefined
  let position = head
  const parts = Number(data.toString('latin1', start + 1, head - 2))
  for (let part = 0; part < parts; part += 1) {
    const line = lineEnd(data, position)
    if (line === undefined) return undefined
    position = line + Number(data.toString('latin1', position + 1, line - 2)) + 2
    if (position > data.length) return undefined
  }
  return position
}

function lineEnd(data: Buffer, start: number): number | undefined {
  const end = data.indexOf('\r\n', start, 'latin1')
  return end === -1 ? undefined : end + 2
}
