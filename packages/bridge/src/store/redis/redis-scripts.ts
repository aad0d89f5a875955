import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'

/** A Lua script on one key; known to the server by its digest once it has run there. */
export interface RedisScript {
  run(client: Redis, key: string, args: readonly (string | number | Buffer)[]): Promise<unknown>
}

/**
 * Values are `<revision>:<end>:<sealed>`, the end in ms since epoch, `-` for never.
 * ARGV: the new value, its revision, the expected revision (-1: any), now, its life in ms (-1: for ever).
 */
export const compareAndSet = redisScript(`
local stored = redis.call('GET', KEYS[1])
local revision = 0
if stored then
  local r, e = string.match(stored, '^(%d+):([%d-]+):')
  if r and (e == '-' or tonumber(e) > tonumber(ARGV[4])) then revision = tonumber(r) end
end
local expected = tonumber(ARGV[3])
if expected >= 0 and expected ~= revision then return 0 end
if tonumber(ARGV[2]) <= revision then return 0 end
if ARGV[5] == '-1' then redis.call('SET', KEYS[1], ARGV[1])
else redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[5]) end
return 1`)

/** ARGV: the revision up to which the value is deleted. What is not of our form is deleted too. */
export const deleteUpTo = redisScript(`
local stored = redis.call('GET', KEYS[1])
if not stored then return 0 end
local revision = string.match(stored, '^(%d+):')
if revision and tonumber(revision) > tonumber(ARGV[1]) then return 0 end
return redis.call('DEL', KEYS[1])`)

/** ARGV: the owner. */
export const deleteOwned = redisScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`)

/** A script of one's own. `lua`: KEYS[1], and ARGV. */
export function redisScript(lua: string): RedisScript {
  const digest = createHash('sha1').update(lua).digest('hex')
  return {
    async run(client, key, args) {
      try {
        return await client.evalsha(digest, 1, key, ...args)
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
        return client.eval(lua, 1, key, ...args)
      }
    },
  }
}
