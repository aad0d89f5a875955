import { row } from './mistake-row.ts'

/** Mistakes in the section `gateway`. */
export const gatewayMistakes = {
  GATEWAY_KEY_WEAK: row(
    'error',
    'The signing key is shorter than 32 characters: whoever guesses it is every user to the backends.',
    'signingKey 少于 32 个字符：猜中者可向后端冒充任何用户。',
    'Write a long random one, for example from: openssl rand -hex 32.',
    '请改为足够长的随机字符串，例如 openssl rand -hex 32 的输出。',
  ),
  GATEWAY_ROUTE_REPEATED: row(
    'error',
    'The route {name} stands here more than once.',
    '路由 {name} 重复出现。',
    'Give each route a name of its own.',
    '请为每条路由使用不同的 name。',
  ),
  GATEWAY_ROUTE_HIDDEN: row(
    'error',
    'The route {name} is never reached: {other} before it takes every one of its requests.',
    '路由 {name} 永远不会被匹配：其前面的 {other} 已覆盖它的全部请求。',
    'Put the narrower path first, or take the route out.',
    '请将更具体的路径放在前面，或删除该路由。',
  ),
  GATEWAY_PATH_WRONG: row(
    'error',
    '"{path}" is not a path of a route.',
    '"{path}" 不是合法的路由路径。',
    'Write /orders/new, /orders/:id or /orders/*; literal parts of letters, digits and -._~, the * at the end alone.',
    '请写成 /orders/new、/orders/:id 或 /orders/*；固定部分只含字母、数字与 -._~，* 只能在末尾。',
  ),
  GATEWAY_UPSTREAM_WRONG: row(
    'error',
    '"{upstream}" is not the address of a backend.',
    '"{upstream}" 不是合法的后端地址。',
    'Write scheme, host and port, such as http://127.0.0.1:3000; no user, query or fragment.',
    '请填写协议、主机与端口，例如 http://127.0.0.1:3000；不得包含用户名、查询串或片段。',
  ),
  GATEWAY_PREFIX_WRONG: row(
    'error',
    'The paths of {path} do not begin with "{prefix}".',
    '{path} 的路径并不以 "{prefix}" 开头。',
    'Write whole segments of the route’s path, without a slash at the end: "/api".',
    '请填写该路由路径开头的完整路径段，末尾不加斜杠，例如 "/api"。',
  ),
  GATEWAY_SPACE_UNKNOWN: row(
    'error',
    'There is no space {spaceId}.',
    '不存在服务空间 {spaceId}。',
    'Correct it, or add the space to "spaces".',
    '请更正，或在 "spaces" 中添加该服务空间。',
  ),
  GATEWAY_SPACES_NONE: row(
    'error',
    'There are routes and no space whose clients could call them.',
    '配置了路由，但没有可调用它们的服务空间。',
    'Add a space to "spaces": clients name it, and its apps and rules count.',
    '请在 "spaces" 中添加服务空间：客户端以它的名义调用，并使用其应用与规则。',
  ),
  GATEWAY_SECURE_NETWORK_OFF: row(
    'warning',
    'The secure network is off, so the route {name} refuses every call.',
    '安全网络未开启，路由 {name} 会拒绝所有调用。',
    'Add the section "secureNetwork".',
    '请添加 "secureNetwork" 配置。',
  ),
  GATEWAY_SOCKET_WITHOUT_GET: row(
    'error',
    'The route {name} takes sockets, but not the method GET with which they are opened.',
    '路由 {name} 接受 WebSocket，但不接受用于建立连接的 GET 方法。',
    'Add GET to its methods, or take webSocket out.',
    '请在 methods 中加入 GET，或去掉 webSocket。',
  ),
  GATEWAY_PLAIN_GUARDED: row(
    'warning',
    'The route {name} allows plain calls and has a policy, which refuses them unless the space only monitors.',
    '路由 {name} 允许明文调用，但其 policy 会拒绝明文调用（仅监控模式除外）。',
    'Take one of the two out; together they make sense while clients move over.',
    '请删除其中之一；二者并存仅适用于客户端迁移期间。',
  ),
} as const
