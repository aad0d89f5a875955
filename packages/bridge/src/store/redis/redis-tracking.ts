import type { Redis } from 'ioredis'

/** Redis' own word of every change that another connection makes. */
export interface RedisTracking {
  /** Whether it would be told of every change, right now. */
  isTracking(): boolean
  /** Called with the storage keys that were changed, or with `all` when some tellings may have been lost. */
  onChanged(listener: (keys: readonly string[] | 'all') => void): void
  /** Makes sure that the channel is not merely open but answers; otherwise opens another. */
  check(): Promise<void>
  close(): void
}

const INVALIDATE = '__redis__:invalidate'

/**
 * Client tracking in broadcast mode: changes that `client` itself makes are not told. `channel` speaks RESP2, where
 * tellings arrive as messages of a channel; it is closed by `close`.
 */
export function createRedisTracking(deps: {
  readonly client: Redis
  readonly channel: Redis
  readonly prefix: string
}): RedisTracking {
  const { client, channel, prefix } = deps
  const listeners = new Set<(keys: readonly string[] | 'all') => void>()
  let isTracking = false
  let starting: Promise<void> = Promise.resolve()

  const tell = (keys: readonly string[] | 'all'): void => {
    for (const listener of listeners) listener(keys)
  }

  async function start(): Promise<void> {
    if (client.status !== 'ready' || channel.status !== 'ready') return
    try {
      const id = String(await channel.client('ID'))
      await channel.subscribe(INVALIDATE)
      await client.client('TRACKING', 'OFF')
      await client.call('CLIENT', 'TRACKING', 'ON', 'REDIRECT', id, 'BCAST', 'PREFIX', prefix, 'NOLOOP')
      // What changed before this moment was not told.
      tell('all')
      isTracking = true
    } catch {
      stop()
      channel.disconnect(true)
    }
  }

  function stop(): void {
    if (!isTracking) return
    isTracking = false
    tell('all')
  }

  for (const each of [client, channel]) {
    each.on('ready', () => {
      // One after the other: both connections may become ready at once.
      starting = starting.then(start)
    })
    each.on('close', stop)
  }
  channel.on('error', () => undefined)
  channel.on('messageBuffer', (_channel: Buffer, keys: readonly Buffer[] | null) => {
    if (keys === null) tell('all')
    else tell(keys.map((key) => key.toString('utf8').slice(prefix.length)))
  })

  return {
    isTracking: () => isTracking,
    onChanged: (listener) => void listeners.add(listener),
    async check() {
      if (!isTracking) return
      try {
        await channel.ping()
      } catch {
        stop()
        channel.disconnect(true)
      }
    },
    close() {
      listeners.clear()
      channel.disconnect()
    },
  }
}
