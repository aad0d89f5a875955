import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import Type from 'typebox'
import type { Static } from 'typebox'
import { Value } from 'typebox/value'

const quickStartSchema = Type.Object({
  /** `http://127.0.0.1:7400` */
  endpoint: Type.String(),
  simulatorUrl: Type.String(),
  dcloudAppid: Type.String(),
  /** The mini program's appid. */
  wxAppid: Type.String(),
  /** For uni-cloud-s2s callers. */
  connectCode: Type.String({ minLength: 16 }),
  /** Every right; for this machine's experiments. */
  bearerToken: Type.String(),
})

/** What `.drawbridge/quickstart.json` holds: all that a first program needs to call the server. */
export type QuickStartFile = Readonly<Static<typeof quickStartSchema>>

/** What the last quick start wrote; undefined when there was none, or the file is not ours any more. */
export function readQuickStartFile(path: string): QuickStartFile | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return Value.Check(quickStartSchema, value) ? value : undefined
  } catch {
    // Absent or unreadable: a new one is made, and its secrets with it.
    return undefined
  }
}

/** Writes the file, mode 0600, whole or not at all. */
export function writeQuickStartFile(path: string, content: QuickStartFile): void {
  const beside = `${path}.${process.pid}`
  writeFileSync(beside, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 })
  renameSync(beside, path)
}
