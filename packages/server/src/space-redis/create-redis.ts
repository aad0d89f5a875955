import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json } from '@drawbridge/runtime'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { WorkerService } from '../functions/ask-context.ts'
import type { Space } from '../spaces/space.ts'
import { allowedCommands, allowedSubcommands } from './allowed-commands.ts'
import { connectSpaceRedis } from './connect-space-redis.ts'
import type { RedisCommand, SpaceRedis } from './connect-space-redis.ts'

/** What the service is made of; both have their usual value when left out. */
export interface RedisServiceDeps {
  /** The space's own Redis, never the server's; undefined: none. */
  readonly urlOf?: (space: Space) => string | undefined
  readonly connect?: (options: { readonly url: string }) => SpaceRedis
}

const ARGUMENTS_MOST = 10_000
const ARGUMENT_MAX_BYTES = 1024 * 1024
const COMMANDS_MOST = 1_000

const strict = { additionalProperties: false }
const one = Type.Object(
  {
    command: Type.String({ maxLength: 32 }),
    args: Type.Array(Type.String({ maxLength: ARGUMENT_MAX_BYTES }), { maxItems: ARGUMENTS_MOST }),
  },
  strict,
)
const isOne = Compile(one)
const isSeveral = Compile(Type.Object({ commands: Type.Array(one, { minItems: 1, maxItems: COMMANDS_MOST }) }, strict))

/**
 * A space's own Redis for its functions: `command({command, args})` gives the reply, `multi({commands})` the replies of
 * commands that are run together. Connects when it is first asked. Throws `REDIS_OFF` when the space has none,
 * `REDIS_COMMAND_REFUSED`, `REDIS_COMMAND_FAILED`, `STORE_UNAVAILABLE`, `METHOD_UNKNOWN`. `close` ends all connections.
 */
export function createRedisService({
  urlOf = ({ redisUrl }) => redisUrl,
  connect = connectSpaceRedis,
}: RedisServiceDeps = {}): WorkerService & { close(): void } {
  const open = new Map<string, { readonly url: string; readonly redis: SpaceRedis }>()

  function redisOf(space: Space): SpaceRedis {
    const url = urlOf(space)
    const known = open.get(space.spaceId)
    if (known !== undefined && known.url === url) return known.redis
    known?.redis.close()
    open.delete(space.spaceId)
    if (url === undefined) throw new DrawbridgeError('REDIS_OFF', { space: space.spaceId })
    const redis = connect({ url })
    open.set(space.spaceId, { url, redis })
    return redis
  }

  const answer: WorkerService = async ({ space }, method, params) => {
    const redis = redisOf(space)
    if (method === 'command') return redis.run(readOne(params))
    if (method === 'multi') return redis.runTogether(readSeveral(params))
    throw new DrawbridgeError('METHOD_UNKNOWN', { service: 'redis' })
  }
  return Object.assign(answer, {
    close() {
      for (const { redis } of open.values()) redis.close()
      open.clear()
    },
  })
}

function readOne(params: Json): RedisCommand {
  if (!isOne.Check(params)) throw refused('', 'of another shape, or too long')
  return allowed(params)
}

function readSeveral(params: Json): readonly RedisCommand[] {
  if (!isSeveral.Check(params)) throw refused('', 'of another shape, or too long')
  return params.commands.map(allowed)
}

function allowed({ command, args }: RedisCommand): RedisCommand {
  const name = command.toLowerCase()
  if (!allowedCommands.has(name)) throw refused(name, 'not allowed')
  const subcommands = allowedSubcommands.get(name)
  if (subcommands !== undefined && !subcommands.has(args[0]?.toLowerCase() ?? ''))
    throw refused(name, 'not allowed with this argument')
  return { command: name, args }
}

function refused(command: string, reason: string): DrawbridgeError {
  return new DrawbridgeError('REDIS_COMMAND_REFUSED', { command: command.replace(/[^\w]/g, '?'), reason })
}
