import { existsSync, statSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { DrawbridgeError } from '@drawbridge/protocol'
import { findCloudfunctions } from '../../config/find-cloudfunctions.ts'
import { lintFunctions } from '../../secure-network/lint/lint-functions.ts'
import type { LintSubject } from '../../secure-network/lint/lint-functions.ts'
import type { LintFinding } from '../../secure-network/lint/lint-finding.ts'
import type { Command, CommandContext, Outcome } from '../command.ts'
import { findCloudProject } from '../dev/find-cloud-project.ts'
import { exitCode } from '../exit-code.ts'
import { withDesk } from '../with-desk.ts'

/** `lint functions`: what makes client verification weaker than it seems. */
export const lintCommand: Command = {
  name: 'lint functions',
  words: ['[path]'],
  summary: {
    en: 'Find guards on secretType that always hold, rules that guard nothing, calls that the caller chooses, and data for everybody.',
    zh: '检查恒为真的 secretType 判断、不起作用的规则、由调用方选择的函数调用，以及无策略保护的数据。',
  },
  run: lint,
}

interface Linted extends LintFinding {
  readonly spaceId?: string
}

async function lint(context: CommandContext): Promise<Outcome> {
  const findings = await findAll(context)
  const counts = { error: 0, warning: 0, info: 0 }
  for (const { severity } of findings) counts[severity] += 1
  const sums = context.say({
    en: `${counts.error} errors, ${counts.warning} warnings, ${counts.info} notes`,
    zh: `${counts.error} 个错误，${counts.warning} 个警告，${counts.info} 条提示`,
  })
  const sorted = [...findings].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity))
  const text = `${sorted.map((finding) => show(finding, context)).join('')}${sums}\n`
  return { json: { findings: sorted, counts }, text, ...(counts.error > 0 && { exit: exitCode.failed }) }
}

const ORDER: readonly LintFinding['severity'][] = ['error', 'warning', 'info']

/** A path that is named, else the configured spaces with their rules, else the project here. */
async function findAll(context: CommandContext): Promise<readonly Linted[]> {
  const { words, world, machinery, loadConfig } = context
  const [named] = words
  if (named !== undefined) return lintFolder({ folder: folderAt(resolve(world.cwd, named)) })
  const { config } = loadConfig()
  if (!config || config.spaces.length === 0 || !machinery.openDesk) {
    const project = findCloudProject(world.cwd)
    if (!project) throw new DrawbridgeError('PROJECT_UNKNOWN', { path: world.cwd })
    return lintFolder({ folder: project.functionsFolder })
  }
  const routes = (config.gateway?.routes ?? []).map(({ name }) => name)
  return withDesk(context, (desk) =>
    Promise.resolve(
      desk.spaces.flatMap(({ spaceId, functionsFolder }) => {
        if (functionsFolder === undefined) return []
        const { mode, guards, rules } = desk.policies.show(spaceId)
        const { sources, apps } = desk.policies.current(spaceId)
        const subject = { folder: functionsFolder, rules, routes, mode, guards, apps, functionCalls: sources.function }
        return lintFolder(subject).map((one) => ({ spaceId, ...one }))
      }),
    ),
  )
}

function lintFolder(subject: LintSubject): readonly Linted[] {
  return lintFunctions(subject)
}

function folderAt(path: string): string {
  const found = existsSync(path) && statSync(path).isDirectory() ? findCloudfunctions(path, 'aliyun') : undefined
  if (found !== undefined) return found
  throw new DrawbridgeError('PROJECT_UNKNOWN', { path })
}

function show(finding: Linted, { language, world }: CommandContext): string {
  const { severity, file, line, column, spaceId } = finding
  const path = file === undefined ? (spaceId ?? '') : relative(world.cwd, file)
  const position = line === undefined ? '' : `:${line}:${column ?? 1}`
  const [sentence, remedy] = language === 'zh' ? [finding.zh, finding.remedyZh] : [finding.en, finding.remedyEn]
  return `${SEVERITIES[language][severity]} ${path}${position}  ${finding.code}\n  ${sentence}\n  → ${remedy}\n`
}

const SEVERITIES = {
  en: { error: 'error', warning: 'warning', info: 'note' },
  zh: { error: '错误', warning: '警告', info: '提示' },
} as const
