import type { Redis } from 'ioredis'

/**
 * By which `maxmemory-policy` a Redis throws keys away by itself; `noeviction` also where no `maxmemory` is set.
 * Undefined: it does not tell, or this user may not ask. Rejects when it does not answer.
 */
export async function readEvictionPolicy(client: Pick<Redis, 'info'>): Promise<string | undefined> {
  // A refusal is an answer: it must not count as one of those after which Redis is taken for gone.
  const info = await client.info('memory').catch((cause: unknown) => {
    if (cause instanceof Error && cause.name === 'ReplyError') return ''
    throw cause
  })
  if (/^maxmemory:0\r?$/m.test(info)) return 'noeviction'
  return /^maxmemory_policy:([\w-]+)/m.exec(info)?.[1]
}
