import { format } from 'node:util'
import { DrawbridgeError } from '@drawbridge/protocol'
import { currentCall } from '../worker/call-scope.ts'
import type { Log } from '../worker/create-log.ts'
import type { Started } from '../worker/create-worker.ts'
import type { LogLevel } from '../wire/worker-frame.ts'
import { createCallFunction } from './call-function.ts'
import { createCloudFiles } from './cloud-files.ts'
import { httpClient } from './http/http-client.ts'
import { proxyForEip } from './http/proxy-for-eip.ts'
import { uniRequest } from './http/uni-request.ts'
import { createI18n } from './i18n/create-i18n.ts'
import { createImportObject } from './import-object.ts'
import { createRedis } from './redis/create-redis.ts'
import { createRunningLists } from './running-lists.ts'

/** The global `uniCloud`. What it has not is undefined, as in uniCloud itself. */
export type UniCloud = Readonly<Record<string, unknown>>

/** @param database what `uniCloud.database` is. */
export function createUniCloud(
  { space, ask, runningCalls }: Started,
  { log, database }: { readonly log: Log; readonly database: () => unknown },
): UniCloud {
  const members = {
    callFunction: createCallFunction(ask),
    importObject: createImportObject(ask),
    httpclient: httpClient,
    request: uniRequest,
    httpProxyForEip: proxyForEip,
    redis: createRedis(ask, space.redis ?? true),
    database,
    databaseForJQL: () => {
      throw new DrawbridgeError('UNICLOUD_NOT_SUPPORTED', { what: 'databaseForJQL', instead: 'uniCloud.database()' })
    },
    ...createRunningLists(space, runningCalls, currentCall),
    ...createCloudFiles(ask),
    initI18n: createI18n,
    logger: createLogger(log),
  }
  return Object.assign(Object.create(null) as Record<string, unknown>, members)
}

function createLogger(log: Log): Readonly<Record<LogLevel, (...values: unknown[]) => void>> {
  const at =
    (level: LogLevel) =>
    (...values: unknown[]): void =>
      log(level, format(...values))
  return { log: at('log'), info: at('info'), warn: at('warn'), error: at('error'), debug: at('debug') }
}
