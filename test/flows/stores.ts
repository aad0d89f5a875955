import type { TestContext } from 'node:test'
import { skipLoudly, startOwnRedis } from '@drawbridge/bridge/testing'
import type { ReplicaOptions } from './replica.ts'

/** What replicas share; undefined: it cannot be had here, and the test was skipped. */
export type OpenStores = (t: TestContext) => Promise<Partial<ReplicaOptions> | undefined>

/** The one SQLite file that every fleet has, and nothing else. */
export const onSqlite: OpenStores = () => Promise.resolve({})

/** A Redis of their own beside it. */
export const onRedis: OpenStores = async (t) => {
  const redis = await startOwnRedis()
  if (redis === undefined) {
    skipLoudly(t, 'Redis')
    return undefined
  }
  t.after(() => redis.stop())
  return { redisUrl: redis.url }
}
