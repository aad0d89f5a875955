import { row } from './mistake-row.ts'

/** Mistakes in rules of client verification, wherever they stand. */
export const ruleMistakes = {
  RULE_NAME_EMPTY: row(
    'error',
    'The list of names "{key}" has an empty name.',
    '名称列表 "{key}" 中有空名称。',
    'Write the names of functions with one comma between two of them.',
    '请填写函数名，名称之间用一个逗号分隔。',
    'key',
  ),
  RULE_NAME_REPEATED: row(
    'error',
    'The name "{name}" stands here more than once.',
    '名称 "{name}" 重复出现。',
    'Keep one of them. DCloud-clientDB and uni-clientDB are the same function.',
    '请只保留一个。DCloud-clientDB 与 uni-clientDB 是同一函数。',
    'key',
  ),
  RULE_STAR_IN_LIST: row(
    'error',
    'In the list "{key}" the * guards nothing.',
    '列表 "{key}" 中的 * 不起作用。',
    'Give * an entry of its own: it stands for every function that no other entry names.',
    '请将 * 单独写成一项，它代表其他项未命名的所有函数。',
    'key',
  ),
  RULE_NAME_IMPOSSIBLE: row(
    'error',
    'No function, object or route can have the name "{name}".',
    '云函数、云对象与网关路由均不可能名为 "{name}"。',
    'Write the bare name of the function or object, all of its methods included; h:name for a route of the gateway.',
    '请填写云函数或云对象的名称（包含其全部方法）；网关路由写作 h:名称。',
    'key',
  ),
  RULE_PLATFORM_UNKNOWN: row(
    'error',
    'No client is on the platform "{platform}".',
    '没有客户端平台名为 "{platform}"。',
    'Write mp-weixin, android, ios or harmony, or leave it out.',
    '请填写 mp-weixin、android、ios 或 harmony，或省略。',
  ),
  RULE_NAMED_TWICE: row(
    'warning',
    '{name} stands in several lists: {keys}. That of "{key}" decides, and the others do not count for it.',
    '{name} 出现在多个列表中：{keys}。以 "{key}" 为准，其余对它无效。',
    'Keep it in one list. Its own entry comes before lists of several names, and of those the last one counts.',
    '请只保留在一个列表中。单独列出的优先于多个名称的列表，后者以最后一个为准。',
    'key',
  ),
  POLICY_NOT_LITERAL: row(
    'error',
    'It is more than literals, and code is not run to know it.',
    '其值不全是字面量，而读取策略时不会执行代码。',
    'Write an array of plain objects there, exported where it stands.',
    '请在此直接导出由普通对象组成的数组。',
  ),
  RULE_NEVER_MET: row(
    'warning',
    'A rule asks for {asked} on {platform}, where no client ever has it: it admits nobody.',
    '规则要求 {platform} 具备 {asked}，但该平台的客户端均不具备，因此不会放行任何人。',
    'Remove {asked}, or name another platform.',
    '请删除 {asked}，或改用其他平台。',
  ),
} as const
