import pino from 'pino'
import type { DestinationStream } from 'pino'
import { DrawbridgeError, errorTable } from '@drawbridge/protocol'
import type { ServerConfig } from '../config/server-config.ts'
import { scrub } from './scrub.ts'

/** What a line may tell: names and numbers. An object cannot be logged, so a credential cannot slip in with one. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>

/** The log: one JSON object a line. `event` is stable and for programs, the fields say the rest. */
export interface Log {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
  /** A failure with its causes: codes, details, scrubbed messages and stacks, never a value. */
  failure(event: string, error: unknown, fields?: LogFields): void
}

/** Names under which a secret could travel; the second net, should a field ever be named so. */
const REDACT = ['value', 'key', 'secret', 'token', 'access_token', 'session_key', 'encrypt_key', 'ticket', 'appsecret']

/** A log on pino. @param destination standard output when left out. */
export function createLog({
  level,
  destination,
}: {
  readonly level: ServerConfig['logLevel']
  readonly destination?: DestinationStream
}): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    messageKey: 'event',
    redact: REDACT,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  const logger = destination ? pino(options, destination) : pino(options)
  const line =
    (at: 'debug' | 'info' | 'warn' | 'error') =>
    (event: string, fields: LogFields = {}): void =>
      logger[at](fields, event)

  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    failure: (event, error, fields = {}) =>
      logger.error({ ...fields, ...remedy(error), error: describeError(error) }, event),
  }
}

/** What an operator should do about an error of ours. */
function remedy(error: unknown): LogFields {
  if (!(error instanceof DrawbridgeError)) return {}
  const { remedyEn, remedyZh } = errorTable[error.code]
  return { remedy: remedyEn, remedyZh }
}

interface ErrorDescription {
  readonly name: string
  readonly code?: string
  readonly message: string
  readonly detail?: LogFields
  readonly stack?: readonly string[]
  readonly cause?: ErrorDescription
}

const CAUSES_MAX = 4

/** An error as data: only the fields named here are ever read, whatever else a driver hangs on its errors. */
function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error)) return { name: typeof error, message: 'not an Error' }
  const isOurs = error instanceof DrawbridgeError
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    message: isOurs ? error.message : scrub(error.message),
    ...(isOurs ? { detail: error.detail } : {}),
    // The frames alone: the first lines of a stack repeat the message.
    stack: (error.stack ?? '')
      .split('\n')
      .filter((frame) => /^\s+at /.test(frame))
      .map((frame) => frame.trim()),
    ...(error.cause === undefined || depth >= CAUSES_MAX ? {} : { cause: describeError(error.cause, depth + 1) }),
  }
}
