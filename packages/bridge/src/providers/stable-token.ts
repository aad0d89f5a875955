import { fetchedFrom } from './fetched-from.ts'
import type { Provider } from './provider.ts'

/**
 * `POST /cgi-bin/stable_token`: the same token until its last 5 minutes, then a new one while the old lives to its
 * end; so that is when to ask, and asking is safe from any number of replicas. A forced refresh ends the old one
 * within 5 minutes; WeChat allows 20 a day, 30 s apart.
 */
export const stableToken: Provider = {
  aheadMs: [60_000, 270_000],
  mintsOnCall: false,
  reportPauseMs: 30_000,
  canForce: true,
  previousEndsAt: (old) => old.expiresAt ?? Number.MAX_SAFE_INTEGER,
  async fetch({ app }, { upstream, now }, { force }) {
    const startedAt = now()
    const answer = await upstream.call({
      app,
      host: 'weixin',
      method: 'POST',
      path: '/cgi-bin/stable_token',
      body: {
        appid: app.appid,
        secret: app.secret,
        grant_type: 'client_credential',
        ...(force ? { force_refresh: true } : {}),
      },
    })
    return fetchedFrom(answer, { field: 'access_token', startedAt })
  },
}
