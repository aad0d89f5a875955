import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { absent } from './ask-disk.ts'

/** Removes a folder's files that were last written before that moment (ms since epoch); a folder that is not there has none. */
export async function removeOldFiles(folder: string, before: number): Promise<void> {
  for (const name of (await readdir(folder).catch(absent)) ?? []) {
    const path = join(folder, name)
    const facts = await stat(path).catch(absent)
    if (facts && facts.mtimeMs < before) await rm(path, { force: true })
  }
}
