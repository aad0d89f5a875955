/** The one user of the bench, whom client and server know alike. */
export const benchUser = {
  spaceId: 'bench-space',
  appId: '__UNI__BENCH',
  wxAppid: 'wx00000000000bench',
  openid: 'openid-of-the-bench',
  deviceId: 'device-of-the-bench',
  version: 3,
  key: { encrypt_key: Buffer.alloc(16, 5).toString('base64'), iv: '0123456789abcdef' },
} as const
