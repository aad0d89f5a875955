import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('../../packages/server/bin/drawbridge.js', import.meta.url))

/** Where and with what a command is run. */
export interface Surroundings {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** What stands on its standard input. */
  readonly input?: string
}

/** A command that has ended. */
export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** `drawbridge start`, as an operator runs it. */
export interface DrawbridgeServer {
  readonly endpoint: string
  /** Everything it has written so far, both streams. */
  written(): string
  /** SIGTERM, and waits for the end. */
  stop(): Promise<void>
}

/** Runs a command to its end. */
export async function runDrawbridge(words: readonly string[], { input = '', ...where }: Surroundings): Promise<Ran> {
  const child = launch(words, where)
  let out = ''
  let err = ''
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()))
  child.stdin?.end(input)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, out, err }
}

/** Starts the server and waits until it listens. */
export async function startDrawbridge(where: Surroundings): Promise<DrawbridgeServer> {
  const child = launch(['start'], where)
  child.stdin?.end()
  let written = ''
  const endpoint = await new Promise<string | undefined>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        written += chunk.toString()
        const found = /Listening on (\S+)/.exec(written)?.[1]
        if (found !== undefined) resolve(found)
      })
    }
    child.once('close', () => resolve(undefined))
  })
  assert.ok(endpoint !== undefined, written)
  return {
    endpoint,
    written: () => written,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'close')
    },
  }
}

function launch(words: readonly string[], { cwd, env = {} }: Surroundings): ChildProcess {
  const foreign = /^(DRAWBRIDGE_.*|NODE_ENV|PORT|HOST|LANG|LC_.*|NODE_OPTIONS|NODE_TEST_.*)$/
  const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
  return spawn(process.execPath, [command, ...words], { cwd, env: { ...kept, PORT: '0', ...env } })
}
