import { commandTable } from '../packages/server/src/cli/table.ts'
import { globalOptions } from '../packages/server/src/cli/parse-command.ts'
import type { Command, CommandOption } from '../packages/server/src/cli/command.ts'

type Language = 'en' | 'zh'

const wordings: Readonly<Record<Language, { intro: string; everywhere: string; codes: string }>> = {
  en: {
    intro: `# The command line

In a checkout write \`npx drawbridge\`. Every command reads the same [configuration](../guide/configuration.md) as the server; those that show or change what is stored work beside running servers, as one more replica. With \`--json\` each prints one JSON object with \`ok\`, on standard output; progress and warnings for people go to standard error.

This page is made from the command table: \`npm run docs\` writes it, \`npm run check\` holds it against the table.
`,
    everywhere: '## Options of every command',
    codes: `## Exit codes

| code | meaning |
| --- | --- |
| 0 | done |
| 1 | tried and failed |
| 2 | the command line makes no sense |
| 3 | the configuration has mistakes |
| 4 | what was asked for is not there |
`,
  },
  zh: {
    intro: `# 命令行

在源码目录中写作 \`npx drawbridge\`。所有命令读取与服务相同的[配置](../guide/configuration.zh-CN.md)；查看或修改存储的命令可以与运行中的服务并存，相当于多一个副本。加 \`--json\` 时在标准输出打印一个带 \`ok\` 的 JSON 对象；给人看的进度与警告输出到标准错误。

本页由命令表生成：\`npm run docs\` 写入，\`npm run check\` 核对。
`,
    everywhere: '## 所有命令的选项',
    codes: `## 退出码

| 退出码 | 含义 |
| --- | --- |
| 0 | 完成 |
| 1 | 执行失败 |
| 2 | 命令行有误 |
| 3 | 配置有误 |
| 4 | 所求之物不存在 |
`,
  },
}

/** The reference of the command line, in Markdown. */
export function commandPage(language: Language): string {
  const { intro, everywhere, codes } = wordings[language]
  const sections = commandTable.map((command) => commandSection(command, language))
  return [intro, ...sections, everywhere, '', ...optionList(globalOptions, language), '', codes].join('\n')
}

function commandSection({ name, words = [], summary, options = {} }: Command, language: Language): string {
  const call = ['drawbridge', name, ...words].join(' ')
  const list = optionList(options, language)
  return [`## \`${call}\``, '', summary[language], '', ...(list.length > 0 ? [...list, ''] : [])].join('\n')
}

function optionList(options: Readonly<Record<string, CommandOption>>, language: Language): readonly string[] {
  return Object.entries(options).map(
    ([name, option]) => `- \`--${name}${option.value === undefined ? '' : ` <${option.value}>`}\`: ${option[language]}`,
  )
}
