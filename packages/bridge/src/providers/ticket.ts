import { fetchedFrom } from './fetched-from.ts'
import type { Provider } from './provider.ts'
import { withToken } from './with-token.ts'

/**
 * `GET /cgi-bin/ticket/getticket`. The quota is small and unpublished, and the same ticket comes back until it
 * ends (no document says so; nor that a new one would end the old), so it is asked for at the end and not before.
 * The token is always that of the official account of the same DCloud app, as in the reference.
 */
export const ticket: Provider = {
  aheadMs: [0, 0],
  mintsOnCall: false,
  reportPauseMs: 60_000,
  canForce: false,
  previousEndsAt: (old) => old.expiresAt ?? Number.MAX_SAFE_INTEGER,
  async fetch(key, context) {
    const app = key.app.platform === 'weixin-h5' ? key.app : context.siblingApp(key, 'weixin-h5')
    return withToken(app, context, async (accessToken) => {
      const startedAt = context.now()
      const answer = await context.upstream.call({
        app,
        host: 'weixin',
        method: 'GET',
        path: '/cgi-bin/ticket/getticket',
        query: { type: key.ticketType ?? 'jsapi', access_token: accessToken },
      })
      return fetchedFrom(answer, { field: 'ticket', startedAt, dropped: ['errcode', 'errmsg'] })
    })
  },
}
