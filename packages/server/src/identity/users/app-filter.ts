import type { JsonObject } from '@drawbridge/runtime'

/**
 * Users who may use a DCloud app: those that list it, and those that list none. `*`: the WeChat app serves any DCloud
 * app, so the one that the client names divides nobody, and all users are its.
 */
export function appFilter(scope: string, appId: string): JsonObject | undefined {
  if (scope === '*') return undefined
  return { $or: [{ dcloud_appid: appId }, { dcloud_appid: { $exists: false } }] }
}

/** Both conditions, where there is a second. */
export function bothOf(first: JsonObject, second: JsonObject | undefined): JsonObject {
  return second === undefined ? first : { $and: [first, second] }
}
