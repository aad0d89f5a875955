import { join } from 'node:path'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { FunctionFacts, TimerTrigger } from '../functions/function-facts.ts'
import type { ReloadFault } from '../functions/function-host.ts'
import { parseCron } from './parse-cron.ts'

const NAME = /^[A-Za-z][\w-]{0,59}$/

/**
 * What is wrong with a function's timers: their names and expressions. Such a timer does not run; the others do.
 * @param functionsFolder where the project is, rather than the copy that runs.
 */
export function triggerFaults(
  { name, triggers }: Pick<FunctionFacts, 'name' | 'triggers'>,
  functionsFolder = '',
): readonly ReloadFault[] {
  return triggers.flatMap((trigger, index) => {
    const reason = reasonAgainst(trigger, triggers.slice(0, index))
    const message = `trigger "${trigger.name}" (${trigger.cron}): ${reason ?? ''}`
    return reason === undefined ? [] : [{ name, file: join(functionsFolder, name, 'package.json'), message }]
  })
}

/** The timers that run. */
export function soundTriggers(triggers: readonly TimerTrigger[]): readonly TimerTrigger[] {
  return triggers.filter((trigger, index) => reasonAgainst(trigger, triggers.slice(0, index)) === undefined)
}

function reasonAgainst({ name, cron }: TimerTrigger, before: readonly TimerTrigger[]): string | undefined {
  if (!NAME.test(name)) return 'a name begins with a letter and has at most 60 letters, digits, - and _'
  if (before.some((other) => other.name === name)) return 'this function has another trigger of the same name'
  try {
    parseCron(cron)
    return undefined
  } catch (error) {
    return error instanceof DrawbridgeError ? String(error.detail['reason']) : 'it cannot be read'
  }
}
