import type { App } from './apps.ts'
import { createBoundedMap } from './bounded-map.ts'
import type { Member } from './users.ts'

/** A user's QQ Connect access token: 90 days. */
export interface QqGrant {
  readonly appid: string
  readonly member: Member
  readonly expiresAt: number
}

/** The tokens that QQ Connect's own login hands to apps and websites. */
export interface QqConnect {
  mint(app: App, member: Member): string
  find(accessToken: string): QqGrant | undefined
}

const LIFETIME_MS = 7_776_000_000

/** Keeps the tokens. */
export function createQqConnect(now: () => number, make: (label: string) => string): QqConnect {
  const grants = createBoundedMap<string, QqGrant>(50_000)
  return {
    mint(app, member) {
      const token = make(`qq-connect ${app.appid}`)
      grants.set(token, { appid: app.appid, member, expiresAt: now() + LIFETIME_MS })
      return token
    },
    find(accessToken) {
      const grant = grants.get(accessToken)
      return grant !== undefined && now() < grant.expiresAt ? grant : undefined
    },
  }
}
