import { createBoundedMap } from './bounded-map.ts'

/** Remembers the hashes of encrypted phone data, which checkencryptedmsg asks for within three days. */
export interface EncryptedMessages {
  remember(appid: string, hash: string): void
  /** When the data was made, in ms since the epoch; undefined when unknown, older than three days or another app's. */
  createdAt(appid: string, hash: string): number | undefined
}

const KEPT_MS = 3 * 24 * 3_600_000

/** Keeps the hashes. */
export function createEncryptedMessages(now: () => number): EncryptedMessages {
  const made = createBoundedMap<string, number>(50_000)
  return {
    remember: (appid, hash) => made.set(`${appid}\n${hash}`, now()),
    createdAt(appid, hash) {
      const at = made.get(`${appid}\n${hash}`)
      return at !== undefined && now() - at <= KEPT_MS ? at : undefined
    },
  }
}
