import { errorTable } from '@drawbridge/protocol'
import type { HostEvent } from '../functions/host-event.ts'
import type { ReloadFault } from '../functions/function-host.ts'
import type { IdentityEvent } from '../identity/identity-event.ts'
import type { Log, LogFields } from './create-log.ts'

type AnyEvent = HostEvent | IdentityEvent
type Writer<T extends AnyEvent['type']> = (log: Log, event: Extract<AnyEvent, { type: T }>) => void

/** Ends of workers that nobody need act on. */
const quietEnds: ReadonlySet<string> = new Set(['leftover', 'replaced', 'idle', 'closing'])

/** How each event of functions and logins reads in the log; what functions say themselves is in their own log. */
const writers: { readonly [T in AnyEvent['type']]: Writer<T> } = {
  'call-ended'(log, { spaceId, name, source, code, durationMs, waitedMs }) {
    const fields = { spaceId, name, source, code, durationMs: Math.round(durationMs), waitedMs: Math.round(waitedMs) }
    if (code === 'OK' || errorTable[code].status < 500) log.debug('function call', fields)
    else log.warn('function call failed', { ...fields, ...remedyOf(code) })
  },

  'worker-started'(log, { spaceId, pid, tookMs }) {
    log.debug('worker started', { spaceId, pid, tookMs: Math.round(tookMs) })
  },

  'worker-ended'(log, { spaceId, pid, why, exitCode, signal, cause }) {
    const fields = { spaceId, pid, why, exitCode, signal }
    if (cause !== undefined) log.failure('worker ended', cause, fields)
    else if (quietEnds.has(why)) log.debug('worker ended', fields)
    else log.warn('worker ended', fields)
  },

  'folder-read'(log, { spaceId, functions, faults, notes }) {
    log.info('functions read', { spaceId, functions, faults: faults.length })
    for (const fault of faults)
      if (fault.policy) log.warn('policy of a function', ofPolicy(spaceId, fault, fault.policy))
      else log.warn('function not loaded', placed(spaceId, fault))
    for (const note of notes) log.info('note on a function', placed(spaceId, note))
  },

  'ask-failed'(log, { spaceId, name, service: asked, method, cause }) {
    log.failure('what a function asked for failed', cause, { spaceId, name, asked, method })
  },

  login: writeLogin,
  register: writeLogin,
  handshake: writeLogin,
}

/** Writes an event of the function host, or of a login, into the log. */
export function logFunctionEvent(log: Log, event: AnyEvent): void {
  // The table's row for a type takes exactly that type's events; the compiler cannot follow that through an index.
  const write = writers[event.type] as (log: Log, event: AnyEvent) => void
  write(log, event)
}

function writeLogin(log: Log, { type, spaceId, platform, outcome, code, errcode }: IdentityEvent): void {
  const fields = { spaceId, platform, outcome, code, errcode }
  if (outcome === 'failed') log.warn(type, fields)
  else log.debug(type, fields)
}

function placed(spaceId: string, { name, file, line, column, message }: ReloadFault): LogFields {
  return { spaceId, name, file, line, column, message }
}

function ofPolicy(
  spaceId: string,
  { name, file, line }: ReloadFault,
  { code, en, remedyEn, remedyZh }: NonNullable<ReloadFault['policy']>,
): LogFields {
  return { spaceId, name, file, line, code, message: en, remedy: remedyEn, remedyZh }
}

function remedyOf(code: keyof typeof errorTable): LogFields {
  const { remedyEn, remedyZh } = errorTable[code]
  return { remedy: remedyEn, remedyZh }
}
