import type { CallFacts, FunctionEntry, SpaceFacts } from '../wire/worker-frame.ts'
import { clientInfo } from './client-info.ts'

/** `context` of a function; a plain object, which the function may write into. */
export function functionContext(entry: FunctionEntry, facts: CallFacts, space: SpaceFacts): Record<string, unknown> {
  const client = clientInfo(facts)
  const deprecated = {
    APPID: client['appId'] ?? client['APPID'],
    PLATFORM: client['uniPlatform'] ?? client['PLATFORM'],
    OS: client['osName'] ?? client['OS'],
    DEVICEID: client['deviceId'] ?? client['DEVICEID'],
    LOCALE: client['locale'] ?? client['LOCALE'],
  }
  return {
    ...client,
    ...(facts.source === 'client' ? deprecated : {}),
    secretType: facts.secretType,
    SOURCE: facts.source,
    SPACEINFO: spaceInfo(space),
    FUNCTION_NAME: entry.name,
    FUNCTION_TYPE: 'cloudfunction',
    CLIENTIP: facts.clientIp,
    CLIENTUA: facts.userAgent,
    RUNTIME_ENV: space.runtimeEnv,
    requestId: facts.requestId,
    ...(facts.uniIdToken === undefined ? {} : { uniIdToken: facts.uniIdToken }),
  }
}

/** The space as contexts name it. */
export function spaceInfo({ spaceId, provider }: SpaceFacts): {
  readonly spaceId: string
  readonly provider: string
  readonly useOldSpaceId: boolean
} {
  return { spaceId, provider, useOldSpaceId: false }
}
