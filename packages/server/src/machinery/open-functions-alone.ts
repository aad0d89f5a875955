import type { OpenedFunctions } from '../cli/machinery.ts'
import type { Time } from '../cli/world.ts'
import type { ServerConfig } from '../config/server-config.ts'
import { createLog } from '../log/create-log.ts'
import { logFunctionEvent } from '../log/log-function-event.ts'
import { closeAll } from './close-all.ts'
import { openFunctions } from './open-functions.ts'
import { openReplica } from './open-replica.ts'

/** The commands themselves say how a call ended, and what is wrong with the project. */
const shownByCommands: ReadonlySet<string> = new Set(['folder-read', 'call-ended'])

/** The functions without HTTP and timers, for the command line. Throws `MASTER_KEY_INVALID`, `STORE_UNAVAILABLE`. */
export async function openFunctionsAlone(config: ServerConfig, time: Time): Promise<OpenedFunctions> {
  const replica = await openReplica(config, time)
  const log = createLog({ level: 'warn', destination: { write: (line) => void process.stderr.write(line) } })
  try {
    const functions = await openFunctions(config, {
      ...time,
      connected: replica.connected,
      log,
      ownOrigin: () => ({ scheme: 'http', authority: `${config.host}:${config.port}` }),
      onEvent: (event) => {
        if (!shownByCommands.has(event.type)) logFunctionEvent(log, event)
      },
      // Recorded by the pipeline itself; there is nobody here to count them.
      onVerdict: () => undefined,
      onSweepFailure: (error) => {
        log.failure('files not swept', error)
      },
    })
    return {
      ...functions,
      close: () => closeAll([functions, replica]),
    }
  } catch (error) {
    await replica.close()
    throw error
  }
}
