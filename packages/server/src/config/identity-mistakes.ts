import { row } from './mistake-row.ts'

/** Mistakes in what login is told. */
export const identityMistakes = {
  TOKEN_SECRET_MISSING: row(
    'warning',
    'There is no token secret, so login is off; production does not make one up.',
    '没有 tokenSecret，登录功能未启用；生产环境不会自动生成。',
    'Set identity.tokenSecret, for example {"env": "TOKEN_SECRET"} from: openssl rand -hex 32.',
    '请设置 identity.tokenSecret，例如 {"env": "TOKEN_SECRET"}，可用 openssl rand -hex 32 生成。',
  ),
  TOKEN_SECRET_WEAK: row(
    'warning',
    'The token secret is shorter than 16 characters, or one that documentation shows: whoever guesses it is every user.',
    'tokenSecret 少于 16 个字符，或是文档中的示例值：猜中者可冒充任何用户。',
    'Write a long random one, for example from: openssl rand -hex 32.',
    '请改为足够长的随机字符串，例如 openssl rand -hex 32 的输出。',
  ),
  TOKEN_LIFETIMES_WRONG: row(
    'warning',
    'tokenExpiresThreshold is not below tokenExpiresIn; a third of tokenExpiresIn counts instead.',
    'tokenExpiresThreshold 不小于 tokenExpiresIn，将按 tokenExpiresIn 的三分之一处理。',
    'Write a threshold of at most half of tokenExpiresIn.',
    '请将 tokenExpiresThreshold 设为不超过 tokenExpiresIn 的一半。',
  ),
} as const
