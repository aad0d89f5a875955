import { storageKey } from '@drawbridge/bridge'
import type { App, Bridge } from '@drawbridge/bridge'

/** When the app's access_token was refreshed by force, as far as it is remembered; by one short look into the store. */
export async function forcedMoments(bridge: Bridge, app: App): Promise<readonly number[]> {
  const name = storageKey({ kind: 'access_token', app })
  // `after` leaves out its own key: one character less stands right before the key that is meant.
  const [summary] = await bridge.list({ platform: app.platform, appid: app.appid, after: name.slice(0, -1), limit: 1 })
  return summary?.storageKey === name ? (summary.lastRefresh?.forcedAt ?? []) : []
}
