import { DrawbridgeError } from '@drawbridge/protocol'
import type { JsonObject } from '@drawbridge/runtime'

interface UniIdSentence {
  readonly en: string
  readonly zh: string
  /** What uni-id before 1.0 said. */
  readonly legacyCode?: number
}

/** uni-id's own codes, with sentences for its two languages. */
const sentences = {
  'uni-id-token-expired': {
    en: 'The login has expired.',
    zh: '登录状态失效，token已过期',
    legacyCode: 30203,
  },
  'uni-id-check-token-failed': { en: 'The token is not valid.', zh: 'token校验未通过', legacyCode: 30202 },
  'uni-id-param-required': { en: 'A parameter is missing: {param}', zh: '缺少参数: {param}' },
  'uni-id-invalid-param': { en: 'A parameter is not valid: {param}', zh: '参数错误: {param}' },
  'uni-id-account-not-exists': { en: 'There is no such account.', zh: '此账号未注册' },
  'uni-id-account-conflict': { en: 'Several accounts own this identity.', zh: '用户账号冲突' },
  'uni-id-account-banned': { en: 'The account is banned.', zh: '此账号已封禁' },
  'uni-id-account-auditing': { en: 'The account is being reviewed.', zh: '此账号正在审核中' },
  'uni-id-account-audit-failed': { en: 'The account was not approved.', zh: '此账号审核失败' },
  'uni-id-account-closed': { en: 'The account is closed.', zh: '此账号已注销' },
  'uni-id-get-third-party-account-failed': { en: 'WeChat did not accept the login.', zh: '获取第三方账号失败' },
  'uni-id-invalid-invite-code': { en: 'The invite code is not valid.', zh: '邀请码不可用' },
  'uni-id-set-invite-code-failed': { en: 'No invite code could be made.', zh: '设置邀请码失败' },
  'uni-id-bind-conflict': { en: 'It belongs to another account.', zh: '此账号已被绑定' },
} as const satisfies Readonly<Record<string, UniIdSentence>>

/** A code of uni-id's that a caller may get as `errCode`. */
export type UniIdCode = keyof typeof sentences

const table: Readonly<Record<string, UniIdSentence>> = Object.freeze(
  Object.assign(Object.create(null) as Record<string, UniIdSentence>, sentences),
)

/** A refusal in uni-id's words: `LOGIN_REFUSED` with the code in `detail.errCode`. */
export function refusal(errCode: UniIdCode, param?: string, options?: { readonly cause?: unknown }): DrawbridgeError {
  return new DrawbridgeError('LOGIN_REFUSED', { errCode, ...(param !== undefined && { param }) }, options)
}

/** A refusal as the result that uni-id gives (`{errCode, errMsg}`, with the old `code` where it had one); undefined: it is none. */
export function refusalResult(error: unknown, locale: string): JsonObject | undefined {
  if (!(error instanceof DrawbridgeError) || error.code !== 'LOGIN_REFUSED') return undefined
  const { errCode, param } = error.detail
  const row = typeof errCode === 'string' ? table[errCode] : undefined
  if (typeof errCode !== 'string' || row === undefined) return undefined
  const sentence = locale.toLowerCase().startsWith('en') ? row.en : row.zh
  return {
    errCode,
    errMsg: sentence.replace('{param}', () => String(param ?? '')),
    ...(row.legacyCode !== undefined && { code: row.legacyCode }),
  }
}
