import { row } from './error-row.ts'
import type { ErrorRow } from './error-row.ts'

/** Who may not. */
export const callerRows = {
  CALLER_UNKNOWN: row(
    80401,
    401,
    'The caller did not identify itself.',
    '调用方未通过身份验证。',
    'Send a bearer token, a signature or the connect code, or call from an allowed address.',
    '请携带 bearer token、签名或 connectCode，或从白名单地址调用。',
  ),
  SIGNATURE_INVALID: row(
    80402,
    401,
    'The signature is missing a required part or does not match.',
    '签名缺少必要部分或不匹配。',
    'Sign the required components with the key of this caller; see docs/guide/callers.md.',
    '请用该调用方的密钥对规定的部分签名，参见 docs/guide/callers.md。',
  ),
  CALLER_FORBIDDEN: row(
    80403,
    403,
    'The caller is known but has no right to this credential or operation.',
    '调用方无权执行此操作或访问此凭据。',
    'Grant the scope app × kind × verb that detail.scope names.',
    '请授予 detail.scope 指出的权限（应用 × 凭据 × 操作）。',
  ),
  REPLAY_REFUSED: row(
    80404,
    401,
    'This signed request was received before, or is too old.',
    '该签名请求已被接收过，或已过期。',
    'Sign every request anew with a fresh nonce and the current time.',
    '请为每次请求使用新的 nonce 与当前时间重新签名。',
  ),
  ADDRESS_REFUSED: row(
    80405,
    403,
    'The caller’s address is not on the allow-list.',
    '调用方地址不在白名单中。',
    'Add the address that detail.address names to ipWhiteList; 0.0.0.0 is no wildcard, 0.0.0.0/0 is.',
    '请将 detail.address 加入 ipWhiteList；0.0.0.0 不是通配符，0.0.0.0/0 才是。',
  ),
  RATE_LIMITED: row(
    80406,
    429,
    'The caller sends too many requests.',
    '调用过于频繁。',
    'Wait for the seconds that the Retry-After header names.',
    '请按 Retry-After 头指示的秒数等待。',
  ),
  TOKEN_UNKNOWN: row(
    80407,
    404,
    'There is no such bearer token, or it is revoked already.',
    '没有此 bearer token，或已被吊销。',
    'List the tokens (drawbridge tokens ls) and use an id from there.',
    '请用 drawbridge tokens ls 查看并使用其中的 id。',
  ),
} as const satisfies Readonly<Record<string, ErrorRow>>
