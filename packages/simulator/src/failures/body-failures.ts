import { bodyBytes } from '../http/reply.ts'
import type { Reply } from '../http/reply.ts'
import type { FailureRow } from './failure.ts'

const SKEW_MS = 600_000
const BOM = Buffer.from([0xef, 0xbb, 0xbf])

/** Failures of the answer's body. */
export const bodyFailures = {
  'empty-body': {
    after: (reply) => ({ ...reply, contentType: 'text/html; charset=gbk', body: '' }),
    en: '200 with an empty body, as text/html.',
    zh: '200 但内容为空，类型为 text/html。',
  },
  'truncated-json': {
    after: (reply) => {
      const bytes = bodyBytes(reply)
      return { ...reply, body: bytes.subarray(0, Math.ceil(bytes.length / 2)) }
    },
    en: 'The first half of the JSON, with a matching Content-Length.',
    zh: 'JSON 只有前一半，Content-Length 与之相符。',
  },
  'json-with-bom': {
    after: (reply) => ({ ...reply, body: Buffer.concat([BOM, bodyBytes(reply)]) }),
    en: 'The JSON begins with a byte order mark.',
    zh: 'JSON 以 BOM 开头。',
  },
  'text-plain': {
    after: (reply) => ({ ...reply, contentType: 'text/plain' }),
    en: 'JSON, but called text/plain.',
    zh: '内容为 JSON，类型却是 text/plain。',
  },
  'extra-fields': {
    after: (reply) =>
      change(reply, (body) => ({ ...body, unoin_id: 2_258_658_297, new_field: { nested: [1, null, '字段'] } })),
    en: 'Fields that no documentation knows.',
    zh: '包含文档中没有的字段。',
  },
  'expires-in': {
    after: (reply, { params }) => expiresIn(reply, params.value ?? 120),
    en: '`expires_in` is `value`; 120 when not told (below 300, which must never happen).',
    zh: '`expires_in` 为 `value`；默认 120（低于 300，本不应出现）。',
  },
  'expires-in-one': { after: (reply) => expiresIn(reply, 1), en: '`expires_in` is 1.', zh: '`expires_in` 为 1。' },
  'expires-in-zero': { after: (reply) => expiresIn(reply, 0), en: '`expires_in` is 0.', zh: '`expires_in` 为 0。' },
  'expires-in-missing': {
    after: (reply) => change(reply, ({ expires_in: _, ...rest }) => rest),
    en: '`expires_in` is missing.',
    zh: '缺少 `expires_in`。',
  },
  'expires-in-string': {
    after: (reply) => change(reply, (body) => ({ ...body, expires_in: JSON.stringify(body['expires_in'] ?? null) })),
    en: '`expires_in` is a text.',
    zh: '`expires_in` 为字符串。',
  },
  'clock-skew': {
    after: (reply, { params, platform }) => {
      const ms = params.ms ?? SKEW_MS
      const date = new Date(platform.clock.now() + ms).toUTCString()
      return change({ ...reply, headers: { ...reply.headers, date } }, (body) => shifted(body, ms) as Body)
    },
    en: "The platform's clock is 10 min (or `ms`, also negative) off: Date, rid, create_time, timestamp.",
    zh: '平台时钟偏差 10 分钟（或 `ms`，可为负）：Date、rid、create_time、timestamp。',
  },
} satisfies Record<string, FailureRow>

type Body = Readonly<Record<string, unknown>>

function change(reply: Reply, to: (body: Body) => Body): Reply {
  return typeof reply.body === 'string' || Buffer.isBuffer(reply.body) ? reply : { ...reply, body: to(reply.body) }
}

function expiresIn(reply: Reply, value: number | string): Reply {
  return change(reply, (body) => ('expires_in' in body ? { ...body, expires_in: value } : body))
}

function shifted(value: unknown, ms: number): unknown {
  if (Array.isArray(value)) return value.map((one) => shifted(one, ms))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shiftedField(name, inner, ms)]))
}

function shiftedField(name: string, value: unknown, ms: number): unknown {
  if ((name === 'create_time' || name === 'timestamp') && typeof value === 'number')
    return value + Math.round(ms / 1000)
  if (name !== 'errmsg' || typeof value !== 'string') return shifted(value, ms)
  return value.replace(/rid: ([0-9a-f]{8})/, (_, seconds: string) => {
    const moved = parseInt(seconds, 16) + Math.round(ms / 1000)
    return `rid: ${moved.toString(16).padStart(8, '0')}`
  })
}
