import type { Report } from './mistake.ts'
import { placeWithoutText } from './place.ts'
import type { ServerConfig } from './server-config.ts'
import { suggest } from './suggest.ts'

/** What the environment says; absent: it says nothing. */
export interface EnvironmentSettings {
  readonly port?: number
  readonly host?: string
  readonly configPath?: string
  readonly dataDir?: string
  readonly uniConfigCenter?: string
  readonly masterKey?: string
  readonly masterKeyFile?: string
  readonly redisUrl?: string
  readonly weixinUrl?: string
  readonly qqUrl?: string
  readonly graphQqUrl?: string
  readonly logLevel?: ServerConfig['logLevel']
}

type TextSetting = Exclude<keyof EnvironmentSettings, 'port' | 'logLevel'>

const textVariables: Readonly<Record<string, TextSetting>> = {
  HOST: 'host',
  DRAWBRIDGE_CONFIG: 'configPath',
  DRAWBRIDGE_DATA_DIR: 'dataDir',
  DRAWBRIDGE_UNI_CONFIG_CENTER: 'uniConfigCenter',
  DRAWBRIDGE_MASTER_KEY: 'masterKey',
  DRAWBRIDGE_MASTER_KEY_FILE: 'masterKeyFile',
  DRAWBRIDGE_REDIS_URL: 'redisUrl',
  DRAWBRIDGE_WEIXIN_URL: 'weixinUrl',
  DRAWBRIDGE_QQ_URL: 'qqUrl',
  DRAWBRIDGE_GRAPH_QQ_URL: 'graphQqUrl',
}

/** Every variable that is read, besides NODE_ENV and the ones that the file names for secrets. */
export const environmentNames: readonly string[] = [
  'PORT',
  ...Object.keys(textVariables),
  'DRAWBRIDGE_LOG_LEVEL',
  'DRAWBRIDGE_LANG',
  'DRAWBRIDGE_TOKEN',
  'DRAWBRIDGE_NEW_MASTER_KEY',
  'DRAWBRIDGE_NEW_MASTER_KEY_FILE',
]

/** Reads the variables; a wrong value is an error, an empty one counts as unset, an unknown DRAWBRIDGE_* is a warning if it is near a known one. */
export function readEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  report: Report,
): EnvironmentSettings {
  const texts: Partial<Record<TextSetting, string>> = {}
  for (const [name, setting] of Object.entries(textVariables)) {
    const text = env[name]?.trim()
    if (text) texts[setting] = text
  }
  for (const name of Object.keys(env)) {
    if (!name.startsWith('DRAWBRIDGE_') || environmentNames.includes(name)) continue
    const suggestion = suggest(name.slice('DRAWBRIDGE_'.length), drawbridgeNames)
    if (suggestion) {
      report('ENV_UNKNOWN', placeWithoutText('env', [name]), { name, suggestion: `DRAWBRIDGE_${suggestion}` })
    }
  }
  const port = readPort(env.PORT?.trim(), report)
  const logLevel = readLogLevel(env.DRAWBRIDGE_LOG_LEVEL?.trim(), report)
  return { ...texts, ...(port !== undefined && { port }), ...(logLevel && { logLevel }) }
}

const drawbridgeNames = environmentNames
  .filter((name) => name.startsWith('DRAWBRIDGE_'))
  .map((name) => name.slice('DRAWBRIDGE_'.length))

function readPort(text: string | undefined, report: Report): number | undefined {
  if (!text) return undefined
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65535) return port
  report('VALUE_WRONG', placeWithoutText('env', ['PORT']), { expected: 'integer ≥ 0 ≤ 65535' })
  return undefined
}

const logLevels = ['debug', 'info', 'warn', 'error'] as const

function readLogLevel(text: string | undefined, report: Report): ServerConfig['logLevel'] | undefined {
  if (!text) return undefined
  const level = logLevels.find((name) => name === text.toLowerCase())
  if (!level) {
    report('VALUE_WRONG', placeWithoutText('env', ['DRAWBRIDGE_LOG_LEVEL']), { expected: logLevels.join(' | ') })
  }
  return level
}
