import type { CallFacts, FunctionEntry, HttpInfo, SpaceFacts } from '../wire/worker-frame.ts'
import { clientInfo, platformName } from './client-info.ts'
import { spaceInfo } from './function-context.ts'

/** What a cloud object's methods find on `this`, besides the object's own members. */
export interface ObjectContext {
  getClientInfo(): Record<string, unknown>
  getCloudInfo(): Record<string, unknown>
  getMethodName(): string
  /** The very list that the method is called with: `_before` may change its entries. */
  getParams(): unknown[]
  getUniIdToken(): string | undefined
  getUniCloudRequestId(): string
  /** The request of a URL-ized call; undefined otherwise. */
  getHttpInfo(): HttpInfo | undefined
}

/** Made for one call. */
export function objectContext({
  entry,
  facts,
  space,
  method,
  params,
}: {
  readonly entry: FunctionEntry
  readonly facts: CallFacts
  readonly space: SpaceFacts
  readonly method: string
  readonly params: unknown[]
}): ObjectContext {
  return {
    getClientInfo: () => objectClientInfo(facts),
    getCloudInfo: () => ({
      ...spaceInfo(space),
      functionName: entry.name,
      functionType: 'cloudobject',
      runtimeEnv: space.runtimeEnv,
    }),
    getMethodName: () => method,
    getParams: () => params,
    getUniIdToken: () => facts.uniIdToken,
    getUniCloudRequestId: () => facts.requestId,
    getHttpInfo: () => facts.http && structuredClone(facts.http),
  }
}

/** A copy of its own each time: callers are known to write into it. */
export function objectClientInfo(facts: CallFacts): Record<string, unknown> {
  const client = clientInfo(facts)
  const platform = platformName(client['uniPlatform'] ?? client['platform'] ?? client['PLATFORM'])
  return {
    ...client,
    ...(platform === undefined ? {} : { platform }),
    clientIP: facts.clientIp,
    userAgent: facts.userAgent,
    source: facts.source,
    requestId: facts.requestId,
    secretType: facts.secretType,
  }
}
