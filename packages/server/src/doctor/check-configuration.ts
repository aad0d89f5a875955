import type { LoadedConfig } from '../config/load-config.ts'
import type { ServerConfig } from '../config/server-config.ts'
import type { MistakeCode } from '../config/mistake-table.ts'
import { legacyWireWarning } from '../secure-network/legacy/legacy-limits.ts'
import type { BothLanguages } from '../secure-network/legacy/legacy-limits.ts'
import type { Finding } from './finding.ts'

/** What a line at the start does not say. */
const atLength: Partial<Record<MistakeCode, BothLanguages>> = { LEGACY_WIRE_ON: legacyWireWarning }

/** Every mistake of the configuration as a finding, and what the legacy wire cannot give where it is on; one that all is well when there is none. */
export function checkConfiguration({ mistakes, config, files }: LoadedConfig): readonly Finding[] {
  const findings = mistakes.map((mistake): Finding => {
    const { code, severity, file, path, line, column, remedyEn, remedyZh } = mistake
    const { en, zh } = atLength[code] ?? mistake
    const position = line === undefined ? '' : `:${line}:${column ?? 1}`
    const subject = `${file}${position}${path === '' ? '' : ` ${path}`}`
    return { check: 'configuration', state: severity, subject, en, zh, remedyEn, remedyZh }
  })
  if (!config) return findings
  const { apps, schedule } = config
  return [
    ...findings,
    ...legacyWireNote(config),
    {
      check: 'configuration',
      state: 'ok',
      subject: files.length === 0 ? '-' : files.join(', '),
      en: `${apps.length} apps, ${schedule.length} scheduled tasks${config.production ? ', production' : ', development'}.`,
      zh: `${apps.length} 个应用，${schedule.length} 个定时任务，${config.production ? '生产' : '开发'}模式。`,
    },
  ]
}

/** In development it is on unless somebody says otherwise, which is no mistake. */
function legacyWireNote({ production, spaces, secureNetwork }: ServerConfig): readonly Finding[] {
  if (production || spaces.length === 0 || secureNetwork?.legacyWire !== true) return []
  return [{ check: 'configuration', state: 'info', subject: 'secureNetwork.legacyWire', ...legacyWireWarning }]
}
