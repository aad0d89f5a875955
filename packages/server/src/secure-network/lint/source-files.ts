import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const CODE_FILE = /\.(js|mjs|cjs|ts|mts|cts)$/
const FILES_MAX = 2000
const FILE_MAX_BYTES = 1_048_576

/** The project's own sources in a folder, installed packages and declarations left out; at most 2000, of 1 MiB each. */
export function sourceFiles(folder: string): readonly string[] {
  const files: string[] = []
  const look = (inside: string): void => {
    for (const entry of readdirSync(inside, { withFileTypes: true })) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules' || files.length >= FILES_MAX) continue
      const path = join(inside, entry.name)
      if (entry.isDirectory()) look(path)
      else if (entry.isFile() && isSource(path)) files.push(path)
    }
  }
  look(folder)
  return files
}

function isSource(path: string): boolean {
  return CODE_FILE.test(path) && !/\.d\.[mc]?ts$/.test(path) && statSync(path).size <= FILE_MAX_BYTES
}
