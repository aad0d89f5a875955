import { row } from './error-row.ts'
import type { ErrorRow } from './error-row.ts'

/** What the platforms did. */
export const upstreamRows = {
  UPSTREAM_FAILED: row(
    80201,
    502,
    'The platform refused the request.',
    '平台拒绝了请求。',
    'Run "drawbridge doctor" and look up detail.errcode.',
    '请运行 drawbridge doctor，并查看 detail.errcode 的说明。',
  ),
  UPSTREAM_UNREACHABLE: row(
    80202,
    504,
    'The platform could not be reached, or did not answer in time.',
    '无法连接平台，或平台未及时应答。',
    'Check the network from this server to the platform; the bridge goes on trying with growing pauses.',
    '请检查服务器到平台的网络；系统会以递增的间隔继续重试。',
  ),
  UPSTREAM_ANSWER_INVALID: row(
    80203,
    502,
    'The platform answered with something that is not the documented answer.',
    '平台返回了不符合文档的内容。',
    'Usually passes by itself; if it stays, check what stands between this server and the platform.',
    '通常会自行恢复；若持续出现，请检查服务器与平台之间的代理或网关。',
  ),
  REFRESH_TIMED_OUT: row(
    80204,
    504,
    'Another server is refreshing this credential and has not finished in time.',
    '另一台服务器正在刷新该凭据，但未及时完成。',
    'Call again; look at the slow replica if it repeats.',
    '请重试；若反复出现，请检查较慢的副本。',
  ),
  REFRESH_LIMITED: row(
    80205,
    429,
    'The platform allows no further forced refresh now.',
    '平台当前不允许再次强制刷新。',
    'Wait until detail.retryAt.',
    '请等到 detail.retryAt 之后再试。',
  ),
} as const satisfies Readonly<Record<string, ErrorRow>>
