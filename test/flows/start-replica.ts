import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { AnswerMessage, CommandMessage, ReplicaCommands } from './replica.ts'

type Command = keyof ReplicaCommands
type Result<Name extends Command> = Promise<Awaited<ReturnType<ReplicaCommands[Name]>>>

/** A process of its own with a bridge in it. */
export interface Replica {
  readonly pid: number
  /** Resolves with the answer; rejects with the failure's code, or when the process ends before it answers. */
  ask<Name extends Command>(command: Name, ...args: Parameters<ReplicaCommands[Name]>): Result<Name>
  /** SIGSTOP and SIGCONT, as an operator or a hypervisor does it. */
  stop(): void
  go(): void
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>
  /** Closes the bridge and ends the process. */
  end(): Promise<void>
}

const script = fileURLToPath(new URL('replica.ts', import.meta.url))

/** Starts the process; it has no bridge before it is told to `open`. */
export function startReplica(): Replica {
  const child = fork(script, [], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const { pid } = child
  assert.ok(pid !== undefined)
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let asked = 0

  child.on('message', (message) => {
    const { id, value, error } = message as AnswerMessage
    const one = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) one?.resolve(value)
    else one?.reject(new Error(error))
  })
  void ended.then(() => {
    for (const { reject } of waiting.values()) reject(new Error('the replica has ended'))
    waiting.clear()
  })

  return {
    pid,
    ask: (command, ...args) =>
      new Promise((resolve, reject) => {
        asked += 1
        waiting.set(asked, { resolve: resolve, reject })
        const message: CommandMessage = { id: asked, command, args }
        send(child, message, reject)
      }),
    stop: () => void process.kill(pid, 'SIGSTOP'),
    go: () => void process.kill(pid, 'SIGCONT'),
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return
      // One that was left stopped must not be waited for in vain.
      child.kill('SIGCONT')
      if (child.connected) child.disconnect()
      await ended
    },
  }
}

function send(child: ChildProcess, message: CommandMessage, reject: (error: Error) => void): void {
  if (!child.connected) {
    reject(new Error('the replica has ended'))
    return
  }
  child.send(message, (error) => {
    if (error !== null) reject(error)
  })
}
