import { CONTROL_PREFIX } from './control/answer-control.ts'
import { controlRoutes } from './control/control-routes.ts'
import { endpointTable } from './endpoints/table.ts'
import { failureTable } from './failures/table.ts'
import { defaultLimits, limitTable } from './limits/limit-table.ts'
import { switchTable } from './switches.ts'
import type { SwitchRow } from './switches.ts'

/** The language of a README. */
export type ReadmeLanguage = 'en' | 'zh'

type Table = (language: ReadmeLanguage) => readonly (readonly string[])[]

const endpoints: Table = (language) => [
  language === 'en' ? ['host', 'path', 'token', 'app types', ''] : ['主机', '路径', 'token', '应用类型', ''],
  ...endpointTable.map((endpoint) => [
    endpoint.host,
    `\`${endpoint.method === undefined ? '' : `${endpoint.method} `}${endpoint.path}\``,
    endpoint.auth === 'access_token' ? '✓' : '',
    endpoint.types.join(' '),
    endpoint[language],
  ]),
]

const switches: Table = (language) => [
  language === 'en' ? ['switch', 'default', 'takes', ''] : ['开关', '默认', '取值', ''],
  ...Object.entries<SwitchRow<boolean | number | string>>(switchTable).map(([name, entry]) => [
    `\`${name}\``,
    `\`${String(entry.default)}\``,
    entry.oneOf?.map((one) => `\`${String(one)}\``).join(' ') ?? typeof entry.default,
    entry[language],
  ]),
]

const failures: Table = (language) => [
  language === 'en' ? ['kind', 'strikes', ''] : ['种类', '作用范围', ''],
  ...Object.entries(failureTable).map(([kind, { paths, ...entry }]) => [
    `\`${kind}\``,
    paths === undefined ? '*' : paths.map((path) => `\`${path}\``).join(' '),
    entry[language],
  ]),
]

const control: Table = (language) => [
  ['', language === 'en' ? 'route' : '路由', ''],
  ...controlRoutes.map((route) => [route.method, `\`${CONTROL_PREFIX}${route.path}\``, route[language]]),
]

const limits: Table = (language) => [
  language === 'en' ? ['limit', 'default', 'beyond it'] : ['限额', '默认', '超出后'],
  ...Object.entries(defaultLimits).map(([name, max]) => [`\`${name}\``, max.toLocaleString('en'), beyond(name)]),
]

const tables: Readonly<Record<string, Table>> = { endpoints, switches, failures, control, limits }

const otherBeyond: Readonly<Record<string, string>> = {
  code2SessionPerUserMinute: '45011',
  clearQuotaMonthly: '48006',
  clearQuotaByPathMonthly: '48006',
  loginPerSecond: 'errno 1003',
}

function beyond(name: string): string {
  const row = Object.entries(limitTable).find(([one]) => one === name)?.[1]
  return row === undefined ? (otherBeyond[name] ?? '') : `${row.errcode} (\`${row.path}\`, ${row.window})`
}

/** The README with every table between its marks as the code has it now. A test holds both READMEs against it. */
export function withReadmeTables(markdown: string, language: ReadmeLanguage): string {
  return markdown.replace(/<!-- (\w+) -->[\s\S]*?<!-- \/\1 -->/g, (whole, name: string) => {
    const table = Object.hasOwn(tables, name) ? tables[name] : undefined
    return table === undefined ? whole : `<!-- ${name} -->\n\n${written(table(language))}\n\n<!-- /${name} -->`
  })
}

function written([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
