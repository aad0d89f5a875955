import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isFolder } from './is-folder.ts'

const ENTRIES = ['index.js', 'index.obj.js', 'index.ts', 'index.obj.ts', 'index.mjs', 'index.cjs'] as const

/**
 * The folder of cloud functions that a path means: `cloudfunctions` itself, the one inside a uniCloud project
 * (`uniCloud-<provider>` goes before others), or any folder that holds functions. undefined: none there.
 */
export function findCloudfunctions(path: string, provider: string): string | undefined {
  if (!isFolder(path)) return undefined
  if (basename(path) === 'cloudfunctions') return path
  const names = readdirSync(path).sort()
  const spaces = names.filter((name) => name === 'uniCloud' || name.startsWith('uniCloud-'))
  const own = spaces.filter((name) => name === `uniCloud-${provider}`)
  const candidates = [path, ...[...own, ...spaces].map((space) => join(path, space))]
  const found = candidates.map((folder) => join(folder, 'cloudfunctions')).find(isFolder)
  return found ?? (names.some((name) => holdsFunction(join(path, name))) ? path : undefined)
}

function holdsFunction(folder: string): boolean {
  return isFolder(folder) && ENTRIES.some((entry) => existsSync(join(folder, entry)))
}
