import { defaultLimits, endpointTable, failureTable, switchTable } from '@drawbridge/simulator'
import { controlRoutes } from '../packages/simulator/src/control/control-routes.ts'

type Language = 'en' | 'zh'

const wordings: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  en: {
    intro: `# The simulator, in tables

How to use it is in the [guide](../guide/simulator.md). This page is made from the simulator's own tables: \`npm run docs\` writes it, \`npm run check\` holds it against them.
`,
    endpoints: '## Endpoints\n\n| host | path | method | what it is |\n| --- | --- | --- | --- |',
    control:
      '## Control\n\nBelow `/_simulator`, JSON in and out; from this machine only, unless started otherwise.\n\n| request | what it does |\n| --- | --- |',
    failures: '## Failures\n\n| kind | what happens | only on |\n| --- | --- | --- |',
    limits: '## Limits\n\n| limit | calls |\n| --- | --- |',
    switches:
      '## Switches\n\nRules that no official source settles, each behind a name; also per app.\n\n| switch | default | what it decides |\n| --- | --- | --- |',
  },
  zh: {
    intro: `# 模拟器一览

用法见[指南](../guide/simulator.zh-CN.md)。本页由模拟器自身的表生成：\`npm run docs\` 写入，\`npm run check\` 核对。
`,
    endpoints: '## 接口\n\n| 主机 | 路径 | 方法 | 说明 |\n| --- | --- | --- | --- |',
    control: '## 控制\n\n位于 `/_simulator` 之下，收发 JSON；默认只接受本机请求。\n\n| 请求 | 作用 |\n| --- | --- |',
    failures: '## 故障\n\n| 种类 | 表现 | 仅限 |\n| --- | --- | --- |',
    limits: '## 限额\n\n| 限额 | 次数 |\n| --- | --- |',
    switches:
      '## 开关\n\n官方资料没有定论的规则，每条都有名字，也可按应用设置。\n\n| 开关 | 默认值 | 决定什么 |\n| --- | --- | --- |',
  },
}

/** The reference of the simulator, in Markdown. */
export function simulatorPage(language: Language): string {
  const { intro, endpoints, control, failures, limits, switches } = wordings[language]
  return [
    intro,
    endpoints,
    ...endpointTable.map((row) => line(row.host, code(row.path), row.method ?? 'GET, POST', row[language])),
    '',
    control,
    ...controlRoutes.map((row) => line(code(`${row.method} ${row.path}`), row[language])),
    '',
    failures,
    ...Object.entries(failureTable).map(([kind, row]) =>
      line(code(kind), row[language], (row.paths ?? []).map(code).join(' ')),
    ),
    '',
    limits,
    ...Object.entries(defaultLimits).map(([name, calls]) => line(code(name), String(calls))),
    '',
    switches,
    ...Object.entries(switchTable).map(([name, row]) => line(code(name), code(String(row.default)), row[language])),
    '',
  ].join('\n')
}

function code(text: string): string {
  return `\`${text}\``
}

function line(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
