import { Console } from 'node:console'
import { Writable } from 'node:stream'
import type { LogLevel } from '../wire/worker-frame.ts'
import type { Log } from './create-log.ts'

const levels: Readonly<Record<string, LogLevel>> = {
  info: 'info',
  warn: 'warn',
  error: 'error',
  trace: 'error',
  assert: 'warn',
  debug: 'debug',
}

/** Lets every method of the console write into the log; tables, groups and counters look as they do in a terminal. */
export function redirectConsole(console: Console, log: Log): void {
  let level: LogLevel = 'log'
  const stream = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, written) {
      log(level, text.endsWith('\n') ? text.slice(0, -1) : text)
      written()
    },
  })
  const inner = new Console({ stdout: stream, stderr: stream, inspectOptions: { depth: 4 } })
  const methods = inner as unknown as Readonly<Record<string, unknown>>
  const redirected: Record<string, unknown> = {}
  for (const name of Object.keys(inner)) {
    const method = methods[name]
    if (typeof method !== 'function') continue
    redirected[name] = (...values: unknown[]): unknown => {
      level = levels[name] ?? 'log'
      try {
        return Reflect.apply(method, inner, values) as unknown
      } finally {
        level = 'log'
      }
    }
  }
  Object.assign(console, redirected)
}
