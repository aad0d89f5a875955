import { spawn } from 'node:child_process'
import { closeSync, openSync, readSync } from 'node:fs'
import type { Duplex, Readable } from 'node:stream'
import { releaseBytes } from '@drawbridge/protocol/node'
import type { WorkerLaunch } from './worker-launch.ts'

const HOST_FD = 3
const RESIDENT = /^VmRSS:\s+(\d+) kB$/m

/** A process that runs functions, as bytes and signals. */
export interface WorkerProcess {
  readonly pid: number | undefined
  /** Takes the bytes: they are gone when they were sent. */
  send(bytes: Buffer): void
  /** Stops and goes on reading what the process sends; one that sends too much has to wait. */
  pause(): void
  resume(): void
  /** Closes the pipe: the process ends by itself when it has written what it writes at its end. */
  finish(): void
  kill(): void
  /** Resident memory; undefined where the system does not tell (only Linux does). */
  residentBytes(): number | undefined
}

/** How a process ended. */
export interface ProcessEnd {
  readonly exitCode: number | null
  readonly signal: string | null
  /** It could not be started. */
  readonly cause?: Error
}

/** What comes out of a process. */
export interface ProcessEvents {
  readonly onBytes: (chunk: Buffer) => void
  readonly onOutput: (stream: 'stdout' | 'stderr', chunk: Buffer) => void
  /** Called once, after the last byte. */
  readonly onEnd: (end: ProcessEnd) => void
}

/** Starts a worker process; file descriptor 3 is the pipe for frames. */
export function startWorkerProcess(launch: WorkerLaunch, { onBytes, onOutput, onEnd }: ProcessEvents): WorkerProcess {
  const { args, env, cwd, uid, gid } = launch
  const child = spawn(process.execPath, [...args], {
    cwd,
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    windowsHide: true,
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
  })
  const link = child.stdio[HOST_FD] as Duplex | undefined
  const readables = [child.stdout, child.stderr, link].filter((stream) => stream !== undefined && stream !== null)
  const memory = child.pid === undefined ? undefined : openMemory(child.pid)
  let isOver = false
  const end = (how: ProcessEnd): void => {
    if (isOver) return
    isOver = true
    if (memory !== undefined) closeSync(memory)
    onEnd(how)
  }
  link?.on('data', onBytes)
  // A pipe breaks when its process ends, which is told apart.
  link?.on('error', ignore)
  listen(child.stdout, 'stdout')
  listen(child.stderr, 'stderr')
  child.on('error', (cause) => end({ exitCode: null, signal: null, cause }))
  // What it sent last is still read, however much it sent before.
  child.on('exit', resume)
  child.on('close', (exitCode, signal) => end({ exitCode, signal }))
  return {
    pid: child.pid,
    send: (bytes) => void link?.write(bytes, () => releaseBytes(bytes)),
    pause: () => {
      for (const stream of readables) stream.pause()
    },
    resume,
    finish: () => void link?.end(),
    kill: () => void child.kill('SIGKILL'),
    residentBytes: () => (memory === undefined || isOver ? undefined : readResident(memory)),
  }

  function listen(stream: Readable | null, name: 'stdout' | 'stderr'): void {
    stream?.on('data', (chunk: Buffer) => onOutput(name, chunk))
    stream?.on('error', ignore)
  }

  function resume(): void {
    for (const stream of readables) stream.resume()
  }
}

function ignore(): void {}

/** Held open: a later process with the same id is not taken for this one. */
function openMemory(pid: number): number | undefined {
  try {
    return openSync(`/proc/${pid}/status`, 'r')
  } catch {
    // Not Linux, or over already.
    return undefined
  }
}

function readResident(file: number): number | undefined {
  const bytes = Buffer.allocUnsafe(4096)
  try {
    const [, kilobytes] = RESIDENT.exec(bytes.toString('latin1', 0, readSync(file, bytes, 0, bytes.length, 0))) ?? []
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
  } catch {
    // It has just ended.
    return undefined
  }
}
