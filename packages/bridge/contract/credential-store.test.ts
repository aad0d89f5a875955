import { join } from 'node:path'
import { createMemoryStore } from '../src/store/memory-store.ts'
import { createTieredStore } from '../src/store/tiered-store.ts'
import { startRedis } from '../testing/redis.ts'
import { skipLoudly } from '../testing/skip-loudly.ts'
import { credentialStoreContract } from './credential-store.ts'
import type { OpenStore } from './credential-store.ts'
import { asCredentialStore, monotonic, openRedisStore, openSqlStore, sleep, testFolder } from './open-stores.ts'

credentialStoreContract('memory', async (_context, { now }) => createMemoryStore({ now }), { runs: 200 })

const openSql: OpenStore = async (context, { now }) => {
  const path = join(await testFolder(context), 'store.sqlite')
  return (await openSqlStore(path, now)).durable
}
credentialStoreContract('SQLite', openSql, { runs: 30 })

const openRedis: OpenStore = async (context, { now }) => {
  const server = await startRedis()
  if (server === undefined) {
    skipLoudly(context, 'Redis')
    return undefined
  }
  context.after(() => server.stop())
  const { keyring, durable } = await openSqlStore(join(await testFolder(context), 'keys.sqlite'), now)
  context.after(() => durable.close())
  return (await openRedisStore(server.url, keyring, now)).fast
}
credentialStoreContract('Redis', openRedis, { runs: 30 })

const openMemoryOverSql: OpenStore = async (context, { now }) => {
  const { durable } = await openSqlStore(join(await testFolder(context), 'store.sqlite'), now)
  return asCredentialStore(createTieredStore({ durable, now, monotonic, sleep, onEvent: () => undefined }))
}
credentialStoreContract('memory over SQLite', openMemoryOverSql, { runs: 30 })

const openAllTiers: OpenStore = async (context, { now }) => {
  const server = await startRedis()
  if (server === undefined) {
    skipLoudly(context, 'Redis')
    return undefined
  }
  context.after(() => server.stop())
  const { keyring, durable } = await openSqlStore(join(await testFolder(context), 'store.sqlite'), now)
  const { fast } = await openRedisStore(server.url, keyring, now)
  return asCredentialStore(createTieredStore({ durable, fast, now, monotonic, sleep, onEvent: () => undefined }))
}
credentialStoreContract('memory over Redis over SQLite', openAllTiers, { runs: 20 })
