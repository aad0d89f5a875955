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
} as const
