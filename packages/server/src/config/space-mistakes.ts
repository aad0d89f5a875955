import { row } from './mistake-row.ts'

/** Mistakes in the service spaces. */
export const spaceMistakes = {
  SPACE_REPEATED: row(
    'error',
    'The space {spaceId} stands here more than once.',
    '服务空间 {spaceId} 重复出现。',
    'Give each space an id of its own.',
    '请为每个服务空间使用不同的 spaceId。',
  ),
  SPACE_FOLDER_MISSING: row(
    'error',
    'There is no folder of cloud functions at {path}.',
    '{path} 下没有云函数目录。',
    'Give the folder uniCloud/cloudfunctions itself, or the root of the project that has it.',
    '请填写 uniCloud/cloudfunctions 目录，或其所在项目的根目录。',
  ),
  SPACE_APPID_UNKNOWN: row(
    'warning',
    'No configured app has the dcloudAppid {dcloudAppid}.',
    '没有任何已配置的应用使用 dcloudAppid {dcloudAppid}。',
    'Correct it, or configure the app.',
    '请更正，或配置该应用。',
  ),
  ORIGIN_WRONG: row(
    'error',
    '"{origin}" is not the origin of a browser’s page.',
    '"{origin}" 不是浏览器页面的源（origin）。',
    'Write scheme, host and port only, such as https://shop.example.com or http://localhost:5173.',
    '请只写协议、域名与端口，例如 https://shop.example.com 或 http://localhost:5173。',
  ),
  ORIGIN_ANY: row(
    'warning',
    '"*" lets the page of any site call the functions of {spaceId}.',
    '"*" 允许任意网站的页面调用 {spaceId} 的云函数。',
    'List the origins of your own pages.',
    '请填写自己页面的源（origin）。',
  ),
  SPACE_REDIS_OWN: row(
    'error',
    'The space {spaceId} has the server’s own Redis: its functions could read and change what the server keeps there.',
    '服务空间 {spaceId} 使用了服务自身的 Redis：其云函数可以读取并修改服务的数据。',
    'Give the space a Redis of its own, or take redisUrl out.',
    '请为该空间配置单独的 Redis，或去掉 redisUrl。',
  ),
  SPACE_REDIS_NEAR: row(
    'warning',
    'The space {spaceId} has another database of the server’s own Redis; scripts (eval) can reach every database.',
    '服务空间 {spaceId} 使用了服务自身 Redis 的另一个数据库；脚本（eval）可以访问所有数据库。',
    'Give the space a Redis of its own, or a Redis user whose rights end at its keys.',
    '请为该空间配置单独的 Redis，或只有其自身键权限的 Redis 用户。',
  ),
  WORKER_USER_PARTIAL: row(
    'error',
    '"uid" and "gid" go together: with one alone, workers keep a right of the server’s.',
    '"uid" 与 "gid" 必须同时填写，否则工作进程会保留服务进程的权限。',
    'Give both, or neither.',
    '请同时填写，或都不填写。',
  ),
} as const
