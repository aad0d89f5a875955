import type { TimerTrigger } from './function-facts.ts'
import { isRecord } from './read-manifest.ts'
import type { Manifest } from './read-manifest.ts'

const TIMEOUT_MAX_SECONDS = 7200
const CONCURRENCY_MAX = 100
const MOUNT_PATH = /^(\/[A-Za-z0-9_.~-]+)+\/?$/
const TRIGGER_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,59}$/
const CRON = /^[0-9A-Za-z*/,?#-]+( [0-9A-Za-z*/,?#-]+){6}$/

/** What `cloudfunction-config` says, less what it says wrongly. */
export interface FunctionConfig {
  readonly timeoutSeconds: number
  readonly concurrency: number
  readonly path?: string
  readonly triggers: readonly TimerTrigger[]
}

/** Reads `cloudfunction-config` of a package.json; `say` takes each mistake as a sentence with what to do, or a note. */
export function readFunctionConfig(
  manifest: Manifest,
  timeoutSeconds: number,
  say: (weight: 'mended' | 'note', message: string) => void,
): FunctionConfig {
  const config: unknown = manifest['cloudfunction-config'] ?? {}
  if (!isRecord(config)) {
    say('mended', 'cloudfunction-config is no object; it is ignored. Write an object.')
    return { timeoutSeconds, concurrency: 1, triggers: [] }
  }
  if (config['memorySize'] !== undefined)
    say('note', 'memorySize is ignored: the space’s workers.memoryMb holds for all its functions.')
  const path = mountPath(config['path'])
  return {
    timeoutSeconds: whole('timeout', config['timeout'], TIMEOUT_MAX_SECONDS) ?? timeoutSeconds,
    concurrency: whole('concurrency', config['concurrency'], CONCURRENCY_MAX) ?? 1,
    ...(path !== undefined && { path }),
    triggers: triggersIn(config['triggers']),
  }

  function whole(key: string, value: unknown, max: number): number | undefined {
    if (value === undefined) return undefined
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max) return value
    say('mended', `${key} is ignored. Write a whole number from 1 to ${max}.`)
    return undefined
  }

  function mountPath(value: unknown): string | undefined {
    if (value === undefined || value === '') return undefined
    if (typeof value === 'string' && value.length <= 200 && MOUNT_PATH.test(value) && !/\/\.\.?(\/|$)/.test(value))
      return value.replace(/\/$/, '')
    say('mended', 'path is ignored. Write a path that begins with /, of letters, digits, _ - . ~ and /.')
    return undefined
  }

  function triggersIn(value: unknown): readonly TimerTrigger[] {
    if (value === undefined) return []
    if (!Array.isArray(value)) {
      say('mended', 'triggers is ignored. Write an array of {name, type, config}.')
      return []
    }
    const triggers = new Map<string, TimerTrigger>()
    for (const each of value) {
      const { name, type, config: cron } = isRecord(each) ? each : {}
      if (typeof name !== 'string' || !TRIGGER_NAME.test(name) || triggers.has(name)) {
        say('mended', 'A trigger is ignored for its name. Begin it with a letter, at most 60 long, each only once.')
      } else if (type !== 'timer') {
        say('mended', `The trigger ${name} is ignored: its type is not "timer".`)
      } else if (typeof cron !== 'string' || !CRON.test(cron.trim().replace(/\s+/g, ' '))) {
        say('mended', `The trigger ${name} is ignored. Its config has seven fields: "0 0 3 * * * *".`)
      } else {
        triggers.set(name, { name, cron: cron.trim().replace(/\s+/g, ' ') })
      }
    }
    return [...triggers.values()]
  }
}
