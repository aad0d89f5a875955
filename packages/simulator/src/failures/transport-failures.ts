import type { FailureRow } from './failure.ts'

const STALL_MS = 30_000

const BAD_GATEWAY =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n' +
  '<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n'

/** Failures of the way to the platform. The endpoint has done its work: what is lost is the answer. */
export const transportFailures = {
  'reset-before-headers': {
    after: (reply) => ({ ...reply, wire: 'reset-before-headers' }),
    en: 'The connection is reset before any byte of the answer.',
    zh: '在返回任何字节之前连接被重置。',
  },
  'reset-after-headers': {
    after: (reply) => ({ ...reply, wire: 'reset-after-headers' }),
    en: 'The connection is reset after the headers and half of the body.',
    zh: '返回响应头和一半内容后连接被重置。',
  },
  'tls-failure': {
    after: (reply) => ({ ...reply, wire: 'tls-alert' }),
    en: 'A TLS handshake alert: at the connection when served over TLS, else instead of the answer.',
    zh: 'TLS 握手失败：以 TLS 提供服务时在连接阶段发生，否则代替应答返回。',
  },
  stall: {
    after: (reply, { params }) => ({ ...reply, waitMs: params.ms ?? STALL_MS }),
    en: "Nothing for 30 s (or `ms`) of the simulator's clock, then the answer.",
    zh: '按模拟器时钟停顿 30 秒（或 `ms`）后才应答。',
  },
  'bad-gateway': {
    after: (reply) => ({ ...reply, status: 502, contentType: 'text/html', body: BAD_GATEWAY }),
    en: '502 with an HTML body.',
    zh: '502，内容为 HTML。',
  },
} satisfies Record<string, FailureRow>
