export { createApps, isPlatformId } from './apps.ts'
export type {
  Apps,
  Bridge,
  BridgeEvent,
  CredentialSummary,
  Fallback,
  RefreshNote,
  RefreshOutcome,
  RefreshReason,
} from './bridge.ts'
export { connectBridge, platformHosts } from './connect-bridge.ts'
export type { ConnectBridgeOptions, ConnectedBridge } from './connect-bridge.ts'
export { KEYS_KNOWN_WITHIN_MS } from './keys/watch-data-keys.ts'
export { createBridge } from './create-bridge.ts'
export type { BridgeDeps } from './create-bridge.ts'
export type {
  App,
  Credential,
  CredentialKey,
  CredentialKind,
  CredentialSource,
  CredentialValue,
  PlatformId,
} from './credential.ts'
export { BridgeError } from './open-bridge/bridge-error.ts'
export { createOpenBridge } from './open-bridge/open-bridge.ts'
export type { OpenBridge, OpenBridgeFallback, OpenBridgeKey } from './open-bridge/open-bridge.ts'
export { exportOpendb } from './open-bridge/export-opendb.ts'
export { importOpendb } from './open-bridge/import-opendb.ts'
export type { OpendbImport } from './open-bridge/import-opendb.ts'
export { toOpendb, toRedisCommand } from './open-bridge/to-opendb.ts'
export type { OpendbDocument } from './open-bridge/to-opendb.ts'
export { code2Session } from './login/code2-session.ts'
export type { WeixinSession } from './login/code2-session.ts'
export { exchangeOAuthCode } from './login/exchange-oauth-code.ts'
export type { WeixinGrant } from './login/exchange-oauth-code.ts'
export { fetchPhoneNumber } from './login/fetch-phone-number.ts'
export type { WeixinPhoneNumber } from './login/fetch-phone-number.ts'
export { fetchProfile } from './login/fetch-profile.ts'
export type { WeixinProfile } from './login/fetch-profile.ts'
export { createUpstream } from './providers/upstream.ts'
export type { Upstream, UpstreamAnswer, UpstreamCall, UpstreamDeps, UpstreamHosts } from './providers/upstream.ts'
export { forcesLeft } from './refresh/next-force-at.ts'
export { parseStorageKey, storageKey } from './storage-key.ts'
export type { StorageKeyParts } from './storage-key.ts'
export type { ScheduledTask } from './schedule/task.ts'
export { connectRedis } from './store/redis/redis-connection.ts'
export type { RedisConnection } from './store/redis/redis-connection.ts'
export { redisScript } from './store/redis/redis-scripts.ts'
export type { RedisScript } from './store/redis/redis-scripts.ts'
export { migrate } from './store/sql/migrate.ts'
export type { Migration } from './store/sql/migrate.ts'
export { openSqlite } from './store/sql/open-sqlite.ts'
export type { SqlDatabase } from './store/sql/sql-database.ts'
