import { row } from './error-row.ts'
import type { ErrorRow } from './error-row.ts'

/** What became of a request behind the gateway. */
export const gatewayRows = {
  GATEWAY_ROUTE_UNKNOWN: row(
    81201,
    404,
    'No route of the gateway leads there.',
    '网关没有对应的路由。',
    'Correct path and method, or add the route to gateway.routes; paths are compared letter by letter.',
    '请检查路径与方法，或在 gateway.routes 中添加路由；路径逐字符比较。',
  ),
  GATEWAY_METHOD_REFUSED: row(
    81202,
    405,
    'The route does not take this method.',
    '该路由不接受此请求方法。',
    'Use one of the methods that detail.allowed names, or add it to the route’s methods.',
    '请使用 detail.allowed 中的方法，或将其加入该路由的 methods。',
  ),
  GATEWAY_REQUEST_INVALID: row(
    81203,
    400,
    'The request cannot be forwarded: its path, query, headers or body are not what HTTP allows.',
    '请求无法转发：路径、查询串、请求头或请求体不符合 HTTP 的规定。',
    'Correct the part that detail.field names; encode paths with encodeURIComponent, segment by segment.',
    '请修正 detail.field 指出的部分；路径应逐段使用 encodeURIComponent 编码。',
  ),
  GATEWAY_UPSTREAM_UNREACHABLE: row(
    81204,
    502,
    'The backend cannot be reached.',
    '无法连接后端服务。',
    'Start the backend, and check the route’s upstream from the machine that Drawbridge runs on.',
    '请启动后端服务，并在运行 Drawbridge 的机器上检查该路由的 upstream。',
  ),
  GATEWAY_UPSTREAM_TIMED_OUT: row(
    81205,
    504,
    'The backend did not answer in time.',
    '后端服务响应超时。',
    'Make the backend faster, or raise the route’s timeoutMs; the request may have taken effect.',
    '请优化后端，或提高该路由的 timeoutMs；请求可能已经生效。',
  ),
  GATEWAY_RESPONSE_INVALID: row(
    81206,
    502,
    'The backend’s response is not a whole HTTP response.',
    '后端服务的响应不完整，或不是合法的 HTTP 响应。',
    'Look into the backend’s log; it closed the connection, or compressed what nobody asked it to.',
    '请查看后端日志：后端可能中途断开了连接，或压缩了不应压缩的响应。',
  ),
  GATEWAY_RESPONSE_TOO_LARGE: row(
    81207,
    502,
    'The backend’s response is larger than the route allows.',
    '后端服务的响应超过该路由允许的大小。',
    'Raise the route’s bodyMaxBytes, or call in chunks: without chunks a response has 1 MiB at most.',
    '请提高该路由的 bodyMaxBytes，或使用分块调用：不分块时响应最多 1 MiB。',
  ),
  GATEWAY_BUSY: row(
    81208,
    503,
    'Too many requests to this backend are under way.',
    '发往该后端服务的请求过多。',
    'Try again later; the backend is too slow for what is asked of it.',
    '请稍后重试；后端处理速度跟不上请求量。',
  ),
} as const satisfies Readonly<Record<string, ErrorRow>>
