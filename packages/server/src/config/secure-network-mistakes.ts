import { row } from './mistake-row.ts'

/** Mistakes in the section `secureNetwork`. */
export const secureNetworkMistakes = {
  SECURE_BINDING_UNKNOWN: row(
    'warning',
    'No configured app of {appId} has the WeChat appid {id}.',
    '{appId} 没有配置 WeChat appid 为 {id} 的应用。',
    'Add it to "apps", with its secret and dcloudAppid: without it no user’s key can be had.',
    '请在 "apps" 中加入该应用（含 secret 与 dcloudAppid），否则无法获取用户密钥。',
  ),
  SECURE_BINDING_TWICE: row(
    'error',
    '{id} is listed as release and as development.',
    '{id} 同时列为正式版与开发版。',
    'Keep it in one of the two lists.',
    '请只保留在其中一个列表中。',
  ),
  SECURE_APPS_NONE: row(
    'warning',
    'No app is associated: every client is refused where functions are guarded.',
    '没有关联任何应用：受保护的云函数会拒绝所有客户端。',
    'Add the app to "secureNetwork.apps".',
    '请在 "secureNetwork.apps" 中加入应用。',
  ),
  SECURE_RULE_APP_UNKNOWN: row(
    'warning',
    'A rule names {appId}, which is no associated app.',
    '规则中的 {appId} 不是已关联的应用。',
    'Correct it, or add the app to "secureNetwork.apps".',
    '请更正，或在 "secureNetwork.apps" 中加入该应用。',
  ),
  SECURE_RULE_EMPTY: row(
    'warning',
    'An empty list of rules refuses everybody.',
    '空的规则列表会拒绝所有客户端。',
    'Add a rule; {} admits every associated app.',
    '请添加规则；{} 表示允许所有已关联的应用。',
  ),
  LEGACY_WIRE_ON: row(
    'warning',
    'The legacy wire is on in production: it does not protect calls from being changed on their way.',
    '生产环境开启了旧版加密协议：它无法防止请求在传输中被篡改。',
    'Move the clients to Drawbridge’s own SDK and turn it off.',
    '请将客户端迁移到 Drawbridge SDK 后关闭。',
  ),
} as const
