/** The codes of RFC 6455 §7.4 that this server gives, and its own. */
export const closeCode = {
  normal: 1000,
  goingAway: 1001,
  /** A WebSocket that ended without a close; never sent. */
  abnormal: 1006,
  notUtf8: 1007,
  refused: 1008,
  tooLarge: 1009,
  tryLater: 1013,
  backendGone: 1014,
  /** The policy, or the key, does not allow it any more; the reason is the error's code. */
  notAllowed: 4403,
} as const

/** What a socket may be closed with: any other code, such as 1005 for none, only tells what happened. */
export function sendableCode(code: number): number | undefined {
  const isRegistered = code >= 1000 && code <= 1014 && (code < 1004 || code > 1006)
  return isRegistered || (code >= 3000 && code <= 4999) ? code : undefined
}
