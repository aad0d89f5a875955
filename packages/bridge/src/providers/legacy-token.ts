import type { UpstreamCall } from './upstream.ts'
import { fetchedFrom } from './fetched-from.ts'
import type { Provider } from './provider.ts'

/** How long the token before stays good after a new one was made. */
const OVERLAP_MS = 300_000

/**
 * The endpoints that make a new token at every call: WeChat's `GET /cgi-bin/token` and QQ's `GET /api/getToken`.
 * The token before works for 5 more minutes, the one before that not at all.
 */
export function legacyToken(host: UpstreamCall['host'], path: string): Provider {
  return {
    // A reader may hold a token for a minute after it was replaced, and the overlap is five: three to five minutes fit.
    aheadMs: [180_000, 300_000],
    mintsOnCall: true,
    reportPauseMs: 60_000,
    canForce: false,
    previousEndsAt: (old, now) => Math.min(old.expiresAt ?? Number.MAX_SAFE_INTEGER, now + OVERLAP_MS),
    async fetch({ app }, { upstream, now }) {
      const startedAt = now()
      const answer = await upstream.call({
        app,
        host,
        method: 'GET',
        path,
        query: { appid: app.appid, secret: app.secret, grant_type: 'client_credential' },
      })
      return fetchedFrom(answer, { field: 'access_token', startedAt })
    },
  }
}
