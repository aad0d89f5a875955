import { ruleMistakes } from '../../config/rule-mistakes.ts'

/** How serious: errors fail the command. */
export type LintSeverity = 'error' | 'warning' | 'info'

/** One kind of finding: what is wrong, what to do. `{gaps}` are filled with names. */
export interface LintRow {
  readonly severity: LintSeverity
  readonly en: string
  readonly zh: string
  readonly remedyEn: string
  readonly remedyZh: string
}

function row(severity: LintSeverity, en: string, zh: string, remedyEn: string, remedyZh: string): LintRow {
  return { severity, en, zh, remedyEn, remedyZh }
}

const rows = {
  GUARD_ALWAYS_TRUE: row(
    'error',
    'This condition on secretType is always true: {condition}',
    '该 secretType 判断恒为真：{condition}',
    'Drop it and let a policy ask for secretType; or write && between two !==.',
    '请删除该判断并改用策略中的 secretType；或在两个 !== 之间使用 &&。',
  ),
  GUARD_NEVER_TRUE: row(
    'error',
    'This condition on secretType is never true: {condition}',
    '该 secretType 判断恒为假：{condition}',
    'Drop it and let a policy ask for secretType; or write || between two ===.',
    '请删除该判断并改用策略中的 secretType；或在两个 === 之间使用 ||。',
  ),
  POLICY_WRONG: row('error', '{en}', '{zh}', '{remedyEn}', '{remedyZh}'),
  RULE_NAMES_NOTHING: row(
    'error',
    'No function or route is named {name}, so that "{key}" guards nothing there.{suggestion}',
    '没有名为 {name} 的云函数或网关路由，"{key}" 中的该项不起作用。{suggestion}',
    'Correct the name, or remove it.',
    '请更正或删除该名称。',
  ),
  RULE_NEVER_MET: row('warning', '{en}', '{zh}', '{remedyEn}', '{remedyZh}'),
  RULE_NAMED_TWICE: ruleMistakes.RULE_NAMED_TWICE,
  RULE_EMPTY: row(
    'warning',
    'The list of rules of {name} is empty: every client is refused.',
    '{name} 的规则列表为空，会拒绝所有客户端。',
    'Add a rule, or remove the function if nobody is to call it.',
    '请添加规则；若无人应调用它，请删除该云函数。',
  ),
  RULES_CONFLICT: row(
    'error',
    'The policy beside {name} and the rules under "{key}" can never be met together: every client is refused.',
    '{name} 自带的策略与 "{key}" 下的规则无法同时满足，会拒绝所有客户端。',
    'Let both name the same app, platform and version.',
    '请使两者的应用、平台与版本一致。',
  ),
  URL_WITHOUT_PROOF: row(
    'warning',
    '{name} asks for {asks}, and is reached by the URL {path} too, where nothing is encrypted or proven.',
    '{name} 要求 {asks}，但也可通过 URL {path} 访问，该方式没有加密与验证。',
    'Remove "path" from its cloudfunction-config; secureNetwork.sources.http decides what such calls may do.',
    '请删除 cloudfunction-config 中的 "path"；此类调用由 secureNetwork.sources.http 决定是否放行。',
  ),
  POLICY_NOT_IN_FORCE: row(
    'warning',
    '{name} declares a policy, and the mode is {mode}: nobody is refused.',
    '{name} 声明了策略，但当前模式为 {mode}，不会拒绝任何调用。',
    'Look at what would be refused (drawbridge verdicts), then: drawbridge policy set-mode enforce.',
    '请先查看将被拒绝的调用（drawbridge verdicts），再执行：drawbridge policy set-mode enforce。',
  ),
  DATA_WITHOUT_POLICY: row(
    'info',
    '{name} returns data, and no policy says who may call it.',
    '{name} 会返回数据，但没有策略限定调用方。',
    'If not everybody may have it, add "drawbridge": {"policy": [{}]} to its package.json, or a rule.',
    '若不应对所有人开放，请在其 package.json 中添加 "drawbridge": {"policy": [{}]}，或添加规则。',
  ),
  FUNCTION_CHOSEN_BY_CALLER: row(
    'warning',
    'The caller chooses which function is called ({written}), one that only verified clients may call included.',
    '被调用的云函数由调用方决定（{written}），包括仅限已验证客户端调用的云函数。',
    'Choose among names that the code has: names[event.kind]; or set secureNetwork.sources.function to "refuse".',
    '请从代码中写明的名称里选择：names[event.kind]；或将 secureNetwork.sources.function 设为 "refuse"。',
  ),
  SOURCE_NOT_READ: row(
    'warning',
    'The source was not looked at: {reason}',
    '未检查该源文件：{reason}',
    'Correct what keeps it from being read.',
    '请修正使其可被读取。',
  ),
} as const satisfies Record<string, LintRow>

/** The name of a kind of finding; stable. */
export type LintCode = keyof typeof rows

/** Every kind of finding by its code. */
export const lintTable: Readonly<Record<LintCode, LintRow>> = Object.freeze(
  Object.assign(Object.create(null) as Record<LintCode, LintRow>, rows),
)
