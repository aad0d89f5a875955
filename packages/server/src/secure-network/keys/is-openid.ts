const OPENID_MAX_CHARS = 128

/** Whether a text can be a user's openid at all. */
export function isOpenid(openid: string): boolean {
  return openid !== '' && openid.length <= OPENID_MAX_CHARS && openid === openid.trim() && openid.isWellFormed()
}
