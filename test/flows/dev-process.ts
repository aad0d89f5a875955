import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('../../packages/server/bin/drawbridge.js', import.meta.url))

/** `drawbridge` with what it says, as somebody at a terminal has it. */
export interface DevProcess {
  /** All that was said so far, both streams. */
  said(): string
  /** Forgets what was said. */
  clear(): void
  /** Waits until it has said so, and gives what it said; fails when it ends instead. */
  hears(words: string | RegExp): Promise<string>
  /** As Ctrl-C; gives the exit code. */
  stop(): Promise<number | null>
}

/** Starts a command that runs until it is stopped. */
export function startProcess(words: readonly string[], cwd: string, env: Readonly<Record<string, string>>): DevProcess {
  const foreign = /^(DRAWBRIDGE_.*|NODE_ENV|PORT|HOST|LANG|LC_.*|NODE_OPTIONS|NODE_TEST_.*)$/
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name))
  const child = spawn(process.execPath, [command, ...words], { cwd, env: { ...Object.fromEntries(kept), ...env } })
  let text = ''
  let heard: () => void = () => undefined
  const read = (chunk: Buffer): void => {
    text += chunk.toString()
    heard()
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  child.once('close', () => heard())
  return {
    said: () => text,
    clear: () => (text = ''),
    async hears(words) {
      const has = (): boolean => (typeof words === 'string' ? text.includes(words) : words.test(text))
      while (!has()) {
        assert.equal(child.exitCode, null, text)
        await new Promise<void>((resolve) => (heard = resolve))
      }
      return text
    },
    async stop() {
      if (child.exitCode !== null) return child.exitCode
      child.kill('SIGINT')
      await once(child, 'close')
      return child.exitCode
    },
  }
}
