import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import os from 'node:os'
import v8 from 'node:v8'
import { DrawbridgeError } from '@drawbridge/protocol'

/**
 * Takes away what Node's permissions leave: ways to other processes, and to files past the permitted folders. Run
 * before any code of a project; the permissions of the process stay what they are.
 */
export function harden(process: NodeJS.Process): void {
  const members = process as unknown as Record<string, unknown>
  for (const name of REMOVED) Reflect.deleteProperty(process, name)
  for (const name of DENIED) members[name] = denied(`process.${name}`)
  members['kill'] = createKill(process.pid, members['_kill'])
  Reflect.deleteProperty(process, '_kill')

  const { setPriority } = os
  os.setPriority = (...args: readonly number[]) => {
    const [pid = 0, priority = pid] = args
    if (args.length > 1 && pid !== 0 && pid !== process.pid) refuse('os.setPriority')
    setPriority(priority)
  }
  // Some of V8's flags write files wherever they are told to.
  v8.setFlagsFromString = denied('v8.setFlagsFromString')
  crypto.setEngine = denied('crypto.setEngine')
  // SQLite opens files past the permitted folders.
  const sqlite = process.getBuiltinModule('node:sqlite') as unknown as Record<string, unknown> | undefined
  for (const [name, value] of Object.entries(sqlite ?? {}))
    if (sqlite && typeof value === 'function') sqlite[name] = denied(`node:sqlite ${name}`)
  syncBuiltinESMExports()
}

/** Where they are at all. `report` writes files when the process dies. */
const REMOVED = ['send', 'disconnect', 'channel', 'report', '_debugEnd', '_startProfilerIdleNotifier'] as const

const DENIED = [
  'binding',
  '_linkedBinding',
  'dlopen',
  'execve',
  '_debugProcess',
  'setuid',
  'setgid',
  'seteuid',
  'setegid',
  'setgroups',
  'initgroups',
] as const

/** A signal reaches the process itself and no other; no group, and no question whether another lives. */
function createKill(own: number, rawKill: unknown): (pid: number, signal?: string | number) => true {
  const { signals } = os.constants
  return (pid, signal = 'SIGTERM') => {
    if (pid !== own || typeof rawKill !== 'function') return refuse('process.kill')
    const number = typeof signal === 'number' ? signal : (signals as Readonly<Record<string, number>>)[signal]
    Reflect.apply(rawKill, process, [own, number ?? signals.SIGTERM])
    return true
  }
}

/** A function that may also be called with `new`, as what it stands for. */
function denied(what: string): () => never {
  return function deny() {
    return refuse(what)
  }
}

function refuse(what: string): never {
  throw new DrawbridgeError('FUNCTION_ACCESS_DENIED', { what })
}
