import { relative, resolve } from 'node:path'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { RuleSet } from '@drawbridge/protocol'
import type { Mistake } from '../../config/mistake.ts'
import { readFunctionsFolder } from '../../functions/read-functions-folder.ts'
import type { FunctionsFolder } from '../../functions/read-functions-folder.ts'
import { checkPolicy } from '../../secure-network/lint/check-policy.ts'
import type { LintFinding } from '../../secure-network/lint/lint-finding.ts'
import { policyGuards, policyModes } from '../../secure-network/policy/policy-content.ts'
import type { PolicyContent } from '../../secure-network/policy/policy-content.ts'
import type { PolicyState } from '../../secure-network/policy/create-policy-store.ts'
import { readRuleFile } from '../../secure-network/policy/read-rules.ts'
import { writeRules } from '../../secure-network/policy/write-rules.ts'
import type { Policy } from '../../secure-network/policy-source.ts'
import type { SecureNetworkDesk } from '../../secure-network/verdicts/open-desk.ts'
import { auditOrigin } from '../audited.ts'
import type { Command, CommandContext, CommandOption, Outcome } from '../command.ts'
import { dryRunText } from '../dry-run-text.ts'
import { exitCode } from '../exit-code.ts'
import { plainMistakes } from '../plain-mistakes.ts'
import { changesText, policyText } from '../policy-text.ts'
import type { UnreadablePolicies } from '../policy-text.ts'
import { readRuleText } from '../read-rule-text.ts'
import { showMistakes } from '../show-mistakes.ts'
import { chooseSpaceId, spaceOption as space, withDesk } from '../with-desk.ts'

const DAYS_USUAL = 7
const DAYS_MAX = 365
const DAY_MS = 86_400_000
const CHANGES_SHOWN = 50

const guards: CommandOption = {
  value: 'all|rules',
  en: 'Guard every function, or those that rules name; left as it is when not given.',
  zh: '保护全部云函数（all），或仅保护规则命名的云函数（rules），省略则不变。',
}
const revision: CommandOption = {
  value: 'n',
  en: 'Refuse when somebody has changed the policy since this revision.',
  zh: '若策略自该 revision 后已被修改则拒绝。',
}

/** The commands for client verification. */
export const policyCommands: readonly Command[] = [
  {
    name: 'policy show',
    summary: {
      en: 'Show the mode and the rules of a space, with those beside its functions.',
      zh: '查看服务空间的模式与规则（含云函数自带的策略）。',
    },
    options: { space, history: { en: 'Who changed it, and when.', zh: '查看修改记录。' } },
    run: show,
  },
  {
    name: 'policy import',
    words: ['<file>'],
    summary: {
      en: 'Replace the rules by a rule file of DCloud’s format, comments allowed; all of it or nothing.',
      zh: '用 DCloud 格式的规则文件（可含注释）替换规则，全部生效或全部不生效。',
    },
    options: { space, guards, revision },
    run: importRules,
  },
  {
    name: 'policy export',
    summary: {
      en: 'Write the rules in DCloud’s format, for the build of a client.',
      zh: '按 DCloud 格式导出规则，供客户端打包使用。',
    },
    options: {
      space,
      effective: { en: 'With the policies beside the functions.', zh: '包含云函数自带的策略。' },
      'dcloud-console': {
        en: 'Only what DCloud’s console knows, and clientDB by its name there.',
        zh: '仅输出 DCloud 控制台支持的字段，clientDB 使用其控制台名称。',
      },
    },
    run: exportRules,
  },
  {
    name: 'policy set-mode',
    words: ['<off|monitor|enforce>'],
    summary: {
      en: 'Switch client verification; live everywhere within seconds.',
      zh: '切换客户端校验模式，数秒内在所有副本生效。',
    },
    options: { space, guards, revision },
    run: setMode,
  },
  {
    name: 'policy dry-run',
    words: ['[file]'],
    summary: {
      en: 'Show which of the last days’ calls a rule file, or the rules as they are, would refuse.',
      zh: '查看规则文件（或当前规则）会拒绝最近几天的哪些调用。',
    },
    options: { space, guards, days: { value: 'n', en: 'How many days back; 7.', zh: '回溯天数，默认 7。' } },
    run: dryRunFile,
  },
  {
    name: 'policy reset',
    summary: {
      en: 'Go back to what the configuration says.',
      zh: '恢复为配置文件中的策略。',
    },
    options: { space, revision },
    run: reset,
  },
]

async function show(context: CommandContext): Promise<Outcome> {
  return withDesk(context, async (desk) => {
    const spaceId = chooseSpaceId(context, desk)
    if (context.has('history')) {
      const changes = await desk.policies.changes(spaceId, CHANGES_SHOWN)
      return { json: { changes }, text: changesText(changes, context.say) }
    }
    const policy = desk.policies.show(spaceId)
    const unreadable = unreadableIn(context, desk, spaceId)
    return {
      json: { policy, unreadable: Object.fromEntries(unreadable) },
      text: policyText(policy, context.say, unreadable),
    }
  })
}

async function importRules(context: CommandContext): Promise<Outcome> {
  const edit = guardsOf(context)
  const expected = wholeNumber(context, 'revision', Number.MAX_SAFE_INTEGER)
  return withDesk(context, async (desk) => {
    const spaceId = chooseSpaceId(context, desk)
    const read = readFile(context, desk.policies.current(spaceId).apps)
    if ('outcome' in read) return read.outcome
    const { at: _at, ...by } = auditOrigin(context.world)
    const policy = await desk.policies.change(spaceId, { ...read.edit, ...edit }, by, expected)
    return changed(context, desk, policy, read.warnings)
  })
}

/** The policy after a change, and what is odd in it now. */
function changed(
  context: CommandContext,
  desk: SecureNetworkDesk,
  policy: PolicyState,
  warnings: readonly Mistake[] = [],
): Outcome {
  const findings = findingsOf(desk, policy)
  for (const { en, zh, remedyEn, remedyZh } of findings)
    context.progress({ en: `warning: ${en}\n  → ${remedyEn}`, zh: `警告：${zh}\n  → ${remedyZh}` })
  return {
    json: { policy, warnings: [...warnings, ...findings] },
    text: policyText(policy, context.say, unreadableIn(context, desk, policy.spaceId)),
  }
}

/** What is odd in a policy, held against the functions and routes that there are. */
function findingsOf(desk: SecureNetworkDesk, { spaceId, mode, rules }: PolicyState): readonly LintFinding[] {
  const functions = [...(folderOf(desk, spaceId)?.functions.values() ?? [])]
  const { apps } = desk.policies.current(spaceId)
  const routes = desk.routes.map(({ name }) => name)
  return checkPolicy({ functions, rules, mode, routes, apps }, { rulesRead: true })
}

/** Why policies beside functions cannot be read. */
function unreadableIn({ world }: CommandContext, desk: SecureNetworkDesk, spaceId: string): UnreadablePolicies {
  const faults = folderOf(desk, spaceId)?.mistakes ?? []
  return new Map(
    faults.flatMap(({ name, file, line, policy }) => {
      if (!policy?.isClosing) return []
      const where = `${relative(world.cwd, file)}${line === undefined ? '' : `:${line}`}`
      const { en, zh, remedyEn, remedyZh } = policy
      return [[name, { en: `${where} ${en} ${remedyEn}`, zh: `${where} ${zh}${remedyZh}` }] as const]
    }),
  )
}

function folderOf({ spaces }: SecureNetworkDesk, spaceId: string): FunctionsFolder | undefined {
  const space = spaces.find((each) => each.spaceId === spaceId)
  if (space?.functionsFolder === undefined) return undefined
  return readFunctionsFolder(space.functionsFolder, space.workers.timeoutSeconds)
}

async function setMode(context: CommandContext): Promise<Outcome> {
  const mode = oneOf('mode', context.words[0] ?? '', policyModes)
  return change(context, { mode, ...guardsOf(context) })
}

async function reset(context: CommandContext): Promise<Outcome> {
  return change(context, 'reset')
}

async function change(context: CommandContext, edit: Partial<PolicyContent> | 'reset'): Promise<Outcome> {
  const expected = wholeNumber(context, 'revision', Number.MAX_SAFE_INTEGER)
  return withDesk(context, async (desk) => {
    const spaceId = chooseSpaceId(context, desk)
    const { at: _at, ...by } = auditOrigin(context.world)
    return changed(context, desk, await desk.policies.change(spaceId, edit, by, expected))
  })
}

async function exportRules(context: CommandContext): Promise<Outcome> {
  return withDesk(context, (desk) => {
    const { rules, effectiveRules } = desk.policies.show(chooseSpaceId(context, desk))
    const audience = context.has('dcloud-console') ? 'dcloud-console' : 'client'
    const { text, weakened } = writeRules(context.has('effective') ? effectiveRules : rules, audience)
    if (weakened.length > 0)
      context.progress({
        en: `DCloud’s console knows no minLevel, secretType and fresh; left out of: ${weakened.join('; ')}`,
        zh: `DCloud 控制台不支持 minLevel、secretType 与 fresh，已在以下项中省略：${weakened.join('; ')}`,
      })
    return Promise.resolve({ json: { rules: JSON.parse(text) as unknown, weakened }, text })
  })
}

async function dryRunFile(context: CommandContext): Promise<Outcome> {
  const days = wholeNumber(context, 'days', DAYS_MAX) ?? DAYS_USUAL
  return withDesk(context, async (desk) => {
    const spaceId = chooseSpaceId(context, desk)
    const { apps } = desk.policies.current(spaceId)
    const read = context.words[0] === undefined ? { edit: {} } : readFile(context, apps)
    if ('outcome' in read) return read.outcome
    const policy = desk.policies.preview(spaceId, { ...read.edit, ...guardsOf(context) })
    const report = await desk.verdicts.dryRun(spaceId, context.world.now() - days * DAY_MS, policy)
    return { json: { spaceId, days, report }, text: dryRunText(report, days, context.say) }
  })
}

/** The rules of the file that is named and what is odd in them, or every mistake in it; either way it is shown. */
function readFile(
  { words, world, language, isJson }: CommandContext,
  apps: Policy['apps'],
): { edit: { rules?: RuleSet }; warnings: readonly Mistake[] } | { outcome: Outcome } {
  const path = resolve(world.cwd, words[0] ?? '')
  const refuse = (mistakes: readonly Mistake[], exit: Outcome['exit'] = exitCode.failed) => {
    if (!isJson) world.err(showMistakes(mistakes, language))
    return { outcome: { json: { mistakes }, text: '', exit } }
  }
  const read = readRuleText(path, world.cwd)
  if ('mistakes' in read) return refuse(read.mistakes, read.isAbsent ? exitCode.absent : exitCode.failed)
  const { rules, mistakes } = readRuleFile(relative(world.cwd, path), read.text, apps)
  if (!rules) return refuse(plainMistakes(mistakes, read.text))
  if (!isJson) world.err(showMistakes(mistakes, language))
  return { edit: { rules }, warnings: mistakes }
}

function guardsOf({ option }: CommandContext): Partial<Pick<PolicyContent, 'guards'>> {
  const given = option('guards')
  return given === undefined ? {} : { guards: oneOf('guards', given, policyGuards) }
}

function oneOf<Word extends string>(field: string, given: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === given)
  if (found !== undefined) return found
  throw new DrawbridgeError('REQUEST_INVALID', { field, expected: words.join(' | ') })
}

function wholeNumber({ option }: CommandContext, name: string, max: number): number | undefined {
  const given = option(name)
  if (given === undefined) return undefined
  const number = Number(given)
  if (/^\d{1,16}$/.test(given) && number <= max && (number > 0 || name === 'revision')) return number
  throw new DrawbridgeError('REQUEST_INVALID', { field: name, expected: `a whole number up to ${max}` })
}
