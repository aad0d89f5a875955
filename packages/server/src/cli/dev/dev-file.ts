import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import Type from 'typebox'
import type { Static } from 'typebox'
import { Value } from 'typebox/value'

/** The name of the file that `drawbridge dev` leaves in the data folder. */
export const devFileName = 'dev.json'

const devFileSchema = Type.Object({
  /** `http://127.0.0.1:7400` */
  endpoint: Type.String(),
  /** Every right; for this machine's experiments. */
  bearerToken: Type.String(),
  spaceId: Type.String(),
  /** Stays the same from start to start, for it is built into clients. */
  clientSecret: Type.String({ minLength: 16 }),
})

/** How a project's development server is reached, by clients and by operators. */
export type DevFile = Readonly<Static<typeof devFileSchema>>

/** What the last `drawbridge dev` wrote; undefined when there was none, or the file is not ours any more. */
export function readDevFile(path: string): DevFile | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return Value.Check(devFileSchema, value) ? value : undefined
  } catch {
    // Absent or unreadable: a new one is made, and its secrets with it.
    return undefined
  }
}

/** Writes the file, mode 0600, whole or not at all. */
export function writeDevFile(path: string, content: DevFile): void {
  const beside = `${path}.${process.pid}`
  writeFileSync(beside, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 })
  renameSync(beside, path)
}
