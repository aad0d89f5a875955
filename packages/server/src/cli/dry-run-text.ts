import type { DryRunReport, DryRunRow } from '../secure-network/verdicts/dry-run.ts'
import type { CommandContext } from './command.ts'
import { textTable } from './text-table.ts'

/** A dry run for people: the sums, then what would be refused, most calls first. */
export function dryRunText(report: DryRunReport, days: number, say: CommandContext['say']): string {
  const { calls, admitted, refused, newlyRefused, newlyAdmitted, refusedBefore, unclear, rows, rowsLeftOut } = report
  const sums = say({
    en: `${calls} calls in ${days} days: ${admitted} would pass (${newlyAdmitted} of them were refused), ${refused} would be refused (${newlyRefused} of them passed).`,
    zh: `${days} 天内共 ${calls} 次调用：${admitted} 次会放行（其中 ${newlyAdmitted} 次当时被拒绝），${refused} 次会拒绝（其中 ${newlyRefused} 次当时放行）。`,
  })
  const others = say({
    en: `${refusedBefore} were refused before any rule, ${unclear} came in too many shapes to be told apart.`,
    zh: `另有 ${refusedBefore} 次在匹配规则前已被拒绝，${unclear} 次因形态过多无法区分。`,
  })
  const head = say({
    en: 'calls  passed then  function  code  app  platform  proof  reason',
    zh: '次数  当时放行  云函数  错误码  应用  平台  证明  原因',
  }).split('  ')
  const table = textTable([
    head,
    ...rows.map((row) => [
      String(row.calls),
      String(row.calls - row.refusedThen),
      targetText(row),
      row.code,
      appText(row, say),
      `${row.platform || row.source}${row.version === '' ? '' : ` ${row.version}`}`,
      proofText(row, say),
      `${row.reason}${row.rule === undefined ? '' : ` (${row.rule})`}`,
    ]),
  ])
  const left = say({
    en: `${rowsLeftOut} more kinds of calls, each less frequent, are left out.`,
    zh: `另有 ${rowsLeftOut} 类次数更少的调用未列出。`,
  })
  return [
    `${sums}\n`,
    ...(refusedBefore + unclear > 0 ? [`${others}\n`] : []),
    ...(rows.length > 0 ? [`${table}\n`] : []),
    ...(rowsLeftOut > 0 ? [`${left}\n`] : []),
  ].join('')
}

/** Strangers invent names of apps: of those that are not ours only their number is told. */
function appText({ appId, unknownApps }: DryRunRow, say: CommandContext['say']): string {
  if (unknownApps === undefined) return appId || '-'
  return say({ en: `unknown apps (${unknownApps})`, zh: `未知应用（${unknownApps}）` })
}

/** Methods of an object are guarded as one, and may be refused for different reasons. */
function targetText({ functionName, target }: DryRunRow): string {
  const [, method] = /^o:[^/]+\/(.+)$/.exec(target) ?? []
  return method === undefined ? functionName : `${functionName}/${method}`
}

/** How the caller was proved, and what was encrypted: what two rows of one function and app differ in. */
function proofText({ proven, how, secretType }: DryRunRow, say: CommandContext['say']): string {
  return proven ? `${how} ${secretType}` : say({ en: 'none', zh: '无' })
}
