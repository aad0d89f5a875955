import { ipRefusalText } from '../endpoints/is-whitelisted.ts'
import { invalidCredential } from '../endpoints/check-token.ts'
import { Refusal } from '../errors/refusal.ts'
import type { FailureRow } from './failure.ts'

const TOKEN_PATHS = ['/cgi-bin/token', '/cgi-bin/stable_token', '/api/getToken']

/** Failures that are an answer with an errcode, given without asking the endpoint. */
export const errcodeFailures = {
  errcode: {
    before({ params }) {
      throw new Refusal(params.errcode ?? -1, params.errmsg)
    },
    en: 'Any errcode: `errcode`, and `errmsg` if the usual text will not do.',
    zh: '任意错误码：`errcode`，可用 `errmsg` 替换文案。',
  },
  'system-busy': refuse(-1, 'The platform is busy.', '系统繁忙。'),
  'daily-quota': refuse(45009, 'The daily quota is used up.', '超过每日调用额度。'),
  'minute-quota': refuse(45011, 'Too many calls this minute.', '超过每分钟频率限制。'),
  'token-invalid': {
    before({ platform }) {
      throw invalidCredential(platform)
    },
    en: '40001 on a token that is still good.',
    zh: '对仍然有效的 token 返回 40001。',
  },
  'token-expired': refuse(42001, 'Said of a token that is still good.', '仍然有效的 token 被称已过期。'),
  'ip-not-whitelisted': {
    paths: TOKEN_PATHS,
    before({ call }) {
      throw new Refusal(40164, ipRefusalText(call.address))
    },
    en: "40164 with the caller's address.",
    zh: '40164，文案含调用方地址。',
  },
  'ip-pending': refuse(
    89503,
    'The administrator has yet to confirm the address; use a time window.',
    '等待管理员确认该 IP；配合时间窗口使用。',
    TOKEN_PATHS,
  ),
  'ip-refused-hour': refuse(
    89507,
    'The administrator refused the address: retry after 1 h.',
    '管理员拒绝该 IP：1 小时后重试。',
    TOKEN_PATHS,
  ),
  'ip-refused-day': refuse(
    89506,
    'The administrator refused the address: retry after 24 h.',
    '管理员拒绝该 IP：24 小时后重试。',
    TOKEN_PATHS,
  ),
  'secret-wrong': refuse(40125, 'The AppSecret is said to be wrong.', '提示 AppSecret 错误。', [
    ...TOKEN_PATHS,
    '/sns/jscode2session',
    '/sns/oauth2/access_token',
  ]),
  'secret-frozen': refuse(40243, 'The AppSecret is frozen.', 'AppSecret 已冻结。', TOKEN_PATHS),
  'token-api-forbidden': refuse(50004, 'The token API is forbidden.', '禁止使用 token 接口。', TOKEN_PATHS),
  'app-frozen': refuse(50007, 'The account is frozen.', '账号已冻结。', TOKEN_PATHS),
} satisfies Record<string, FailureRow>

function refuse(errcode: number, en: string, zh: string, paths?: readonly string[]): FailureRow {
  const row = {
    before() {
      throw new Refusal(errcode)
    },
    en: `${errcode}: ${en}`,
    zh: `${errcode}：${zh}`,
  }
  return paths === undefined ? row : { ...row, paths }
}
