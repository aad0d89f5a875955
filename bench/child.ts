import { fork } from 'node:child_process'
import { once } from 'node:events'

/** A server in a process of its own. */
export interface Child {
  /** What it told when it was ready. */
  readonly ready: Readonly<Record<string, unknown>> & { readonly port: number }
  /** CPU time used so far, user and system, in µs. */
  cpuMicros(): Promise<number>
  stop(): Promise<void>
}

/** Starts a script of this folder and waits until it listens. */
export async function startChild(script: string, env: Readonly<Record<string, string>>): Promise<Child> {
  const child = fork(new URL(script, import.meta.url), {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const [ready] = (await once(child, 'message')) as [Child['ready']]
  return {
    ready,
    async cpuMicros() {
      child.send('cpu')
      const [{ cpu }] = (await once(child, 'message')) as [{ cpu: NodeJS.CpuUsage }]
      return cpu.user + cpu.system
    },
    async stop() {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}
