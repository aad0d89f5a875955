import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { text } from 'node:stream/consumers'
import { setTimeout as waitFor } from 'node:timers/promises'
import { runCli } from './cli/run-cli.ts'
import type { Replica, RunningServer, ServerOptions } from './cli/machinery.ts'
import type { Time, World } from './cli/world.ts'
import type { ServerConfig } from './config/server-config.ts'
import { createMachinery } from './machinery/create-machinery.ts'

const clock = {
  now: () => Date.now(),
  isMachineClock: true,
  // What merely waits does not keep the process.
  sleep: (ms: number, signal?: AbortSignal) => waitFor(ms, undefined, { ref: false, ...(signal && { signal }) }),
} satisfies Time

/** The only place that reads arguments, environment and working directory, and that ends the process. */
export async function main(): Promise<void> {
  // A reader that goes away (`| head`) is no failure.
  process.stdout.on('error', () => process.exit(0))
  process.exitCode = await runCli(createWorld(), createMachinery(clock))
}

/**
 * Starts a server in this process, as `drawbridge start` does. Throws `PORT_BUSY`, `SERVER_OPEN_TO_ALL`,
 * `MASTER_KEY_INVALID`, `STORE_UNAVAILABLE`; nothing stays open then.
 *
 * @example
 * const server = await startServer(demandConfig(loadConfig({ env: process.env, cwd: process.cwd() })), { log: 'json' })
 */
export function startServer(config: ServerConfig, options: ServerOptions, time: Time = clock): Promise<RunningServer> {
  return createMachinery(time).startServer(config, options)
}

/** Opens stores and bridge without HTTP and schedule, as the operators' commands do. Throws as `startServer` does. */
export function openReplica(config: ServerConfig): Promise<Replica> {
  return createMachinery(clock).openReplica(config)
}

function createWorld(): World {
  return {
    argv: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    user: userName(),
    version: packageVersion(),
    out: (words) => void process.stdout.write(words),
    err: (words) => void process.stderr.write(words),
    readInput: () => text(process.stdin),
    isInteractive: process.stdin.isTTY,
    ...clock,
    hold() {
      const held = setInterval(() => undefined, 3_600_000)
      return () => {
        clearInterval(held)
      }
    },
    stopped: whenToldToStop,
  }
}

/** Resolves at the first signal; from then on the next one ends the process at once. */
function whenToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    let isTold = false
    const onSignal = (): void => {
      if (isTold) process.exit(130)
      isTold = true
      resolve()
    }
    process.on('SIGTERM', onSignal)
    process.on('SIGINT', onSignal)
  })
}

/** Undefined where the process runs as a number that has no name. */
function userName(): string | undefined {
  try {
    return userInfo().username
  } catch {
    return undefined
  }
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const isKnown = typeof manifest === 'object' && manifest !== null && 'version' in manifest
  return isKnown ? String(manifest.version) : ''
}
