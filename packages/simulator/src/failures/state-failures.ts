import type { FailureRow, Hit } from './failure.ts'
import type { Reply } from '../http/reply.ts'

const ENCRYPT_KEY_PATHS = ['/wxa/business/getuserencryptkey']

/** Failures that are true of the platform: its state changes, and the endpoint answers accordingly. */
export const stateFailures = {
  'token-revoked': {
    before({ call, platform }) {
      platform.tokens.endAt(call.query['access_token'], platform.clock.now())
    },
    en: 'The token that the call carries is revoked on the way; from then on it is dead.',
    zh: '请求携带的 token 在途中被吊销，此后一直无效。',
  },
  'token-thrashed': {
    paths: ['/cgi-bin/token', '/api/getToken'],
    after(reply, { app, platform, call, params }) {
      const family = call.path === '/api/getToken' ? platform.qqTokens : platform.legacyTokens
      for (let n = 0; app !== undefined && n < (params.by ?? 1); n += 1) family.mint(app)
      return reply
    },
    en: 'Another bridge mints a token right after the call (`by` of them): the one just answered is superseded.',
    zh: '应答后另一套系统立即又取了 token（`by` 次）：刚返回的 token 随即被取代。',
  },
  'code-already-used': {
    paths: ['/sns/jscode2session'],
    before({ call, platform }) {
      platform.loginCodes.useUp(call.query['js_code'] ?? '')
    },
    en: 'Another node exchanged the login code first: 40163.',
    zh: '登录 code 已被另一节点先用掉：40163。',
  },
  'session-rotated': {
    paths: [...ENCRYPT_KEY_PATHS, '/wxa/checksession', '/wxa/resetusersessionkey'],
    before({ call, platform, app }) {
      const member = app === undefined ? undefined : platform.users.byOpenid(app, call.query['openid'] ?? '')
      if (app !== undefined && member !== undefined) platform.sessions.rotate(app, member.user.id)
    },
    en: "The user logged in elsewhere just before the call: the caller's session_key is dead (87009).",
    zh: '调用前用户刚在别处登录：调用方持有的 session_key 已失效（87009）。',
  },
  'deprecated-certificate': {
    after(reply, { platform }) {
      const { 'Wechatmp-Serial': serial, 'Wechatmp-Signature': signature, ...rest } = reply.headers
      if (serial === undefined || signature === undefined) return reply
      const fresh = {
        'Wechatmp-Serial': platform.random.bytes('serial', 16).toString('hex'),
        'Wechatmp-Signature': platform.random.bytes('signature', 256).toString('base64'),
      }
      const former = { 'Wechatmp-Serial-Deprecated': serial, 'Wechatmp-Signature-Deprecated': signature }
      return { ...reply, headers: { ...rest, ...fresh, ...former } }
    },
    en: 'The platform certificate is changing: the one that the caller holds signs only in the -Deprecated headers.',
    zh: '平台证书更换中：调用方持有的证书只出现在 -Deprecated 头中。',
  },
  'push-duplicated': {
    paths: [],
    en: 'A message push is delivered twice.',
    zh: '消息推送被重复投递。',
  },
  'encrypt-key-list': {
    paths: ENCRYPT_KEY_PATHS,
    after: (reply, { params }) => changeKeys(reply, (keys) => keys.slice(0, params.entries ?? 0)),
    en: 'The key list has at most `entries` entries (0 to 3; 0 when not told).',
    zh: 'key 列表最多 `entries` 条（0 至 3，默认 0）。',
  },
  'encrypt-key-newest-expired': {
    paths: ENCRYPT_KEY_PATHS,
    after: (reply) => changeKeys(reply, (keys) => keys.map((key, n) => (n === 0 ? { ...key, expire_in: 0 } : key))),
    en: 'The newest key has expire_in 0.',
    zh: '最新的 key 的 expire_in 为 0。',
  },
  'encrypt-key-version-jump': {
    paths: ENCRYPT_KEY_PATHS,
    before(hit) {
      jumpVersion(hit)
    },
    en: "The user's next key skips versions (`by`; 5 when not told).",
    zh: '用户下一个 key 的版本号跳跃（`by`，默认 5）。',
  },
} satisfies Record<string, FailureRow>

type Key = Readonly<Record<string, unknown>>

function changeKeys(reply: Reply, to: (keys: readonly Key[]) => readonly Key[]): Reply {
  if (typeof reply.body === 'string' || Buffer.isBuffer(reply.body)) return reply
  const keys = reply.body['key_info_list']
  return Array.isArray(keys) ? { ...reply, body: { ...reply.body, key_info_list: to(keys as Key[]) } } : reply
}

function jumpVersion({ app, platform, call, params }: Hit): void {
  const member = app === undefined ? undefined : platform.users.byOpenid(app, call.query['openid'] ?? '')
  if (app === undefined || member === undefined) return
  const newest = platform.userKeys.list(app, member.user.id)[0]?.version ?? 0
  platform.userKeys.push(app, member.user.id, { version: newest + (params.by ?? 5) })
}
