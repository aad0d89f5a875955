import { AskError } from '../../worker/ask-error.ts'
import type { Ask } from '../../worker/create-ask.ts'
import { commandArgs, commandReply } from './command-args.ts'
import { redisCommands } from './redis-commands.ts'

type Command = (...args: unknown[]) => Promise<unknown>

/** `uniCloud.redis()`: the commands as methods, in lower case and in capitals, each a promise. */
export type Redis = Readonly<Record<string, Command>> & {
  /** A chain of commands that are run together; `exec()` resolves to their answers in order. */
  readonly multi: () => Multi
  readonly quit: () => Promise<'OK'>
}

/** Commands wait in it until `exec()`. */
export interface Multi {
  exec(): Promise<unknown[]>
  discard(): Promise<'OK'>
  readonly [command: string]: unknown
}

interface Queued {
  readonly command: string
  readonly args: readonly string[]
}

/**
 * Gives what `uniCloud.redis` is. It throws `REDIS_OFF` when the space has no Redis: at once when `isOn` is false, and
 * once the server has said so.
 */
export function createRedis(ask: Ask, isOn: boolean): () => Redis {
  let isOff = !isOn
  const run = async (method: string, params: unknown): Promise<unknown> => {
    try {
      return await ask('redis', method, params)
    } catch (error) {
      if (error instanceof AskError && error.code === 'REDIS_OFF') isOff = true
      throw error
    }
  }
  const client = createClient(run)
  return () => {
    if (isOff) throw off()
    return client
  }
}

function createClient(run: (method: string, params: unknown) => Promise<unknown>): Redis {
  const client: Record<string, unknown> = {
    multi: () => createMulti(run),
    quit: () => Promise.resolve('OK'),
    // The connection is the server's: there is nothing to listen for.
    on: () => client,
    once: () => client,
  }
  for (const command of redisCommands)
    client[command] = client[command.toUpperCase()] = async (...args: unknown[]): Promise<unknown> =>
      commandReply(command, await run('command', { command, args: commandArgs(args) }))
  return client as Redis
}

function createMulti(run: (method: string, params: unknown) => Promise<unknown>): Multi {
  const queued: Queued[] = []
  const chain: Record<string, unknown> = {
    async exec(): Promise<unknown[]> {
      const commands = queued.splice(0)
      if (commands.length === 0) return []
      const answers = await run('multi', { commands })
      return (answers as unknown[]).map((answer, i) => commandReply(commands[i]?.command ?? '', answer))
    },
    discard(): Promise<'OK'> {
      queued.length = 0
      return Promise.resolve('OK')
    },
  }
  for (const command of redisCommands)
    chain[command] = chain[command.toUpperCase()] = (...args: unknown[]): unknown => {
      queued.push({ command, args: commandArgs(args) })
      return chain
    }
  return chain as unknown as Multi
}

function off(): AskError {
  return new AskError('REDIS_OFF', 'Redis is off for this space.')
}
