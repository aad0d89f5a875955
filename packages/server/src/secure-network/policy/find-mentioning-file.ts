import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Position } from '../../config/place.ts'
import { parseSource } from '../lint/parse-source.ts'
import { positionOf } from './exported-policy.ts'
import { findMention } from './find-mention.ts'

const READ_FILE = /\.([cm]?[jt]s|json)$/
const PASSED_OVER = new Set(['node_modules', '.git'])

/** Where a name stands in the sources of a folder, JSON included and manifests not; installed packages are passed over. */
export function findMentioningFile(
  folder: string,
  name: string,
): { readonly file: string; readonly position: Position | undefined } | undefined {
  for (const file of filesIn(folder, new Set())) {
    const bytes = readFileSync(file)
    if (!bytes.includes(name)) continue
    const text = bytes.toString('utf8')
    const parsed = file.endsWith('.json') ? { reason: 'no code' } : parseSource(file, text)
    // What cannot be parsed may say anything.
    if ('reason' in parsed) return { file, position: positionIn(text, text.indexOf(name)) }
    const mention = findMention(parsed.program, name)
    if (mention) return { file, position: positionOf(mention) }
  }
  return undefined
}

/** Links are followed, as what runs the code does. */
function filesIn(folder: string, seen: Set<string>): readonly string[] {
  const real = realpathSync(folder)
  if (seen.has(real)) return []
  seen.add(real)
  return readdirSync(folder)
    .filter((name) => !PASSED_OVER.has(name))
    .sort()
    .flatMap((name) => {
      const path = join(folder, name)
      const facts = statSync(path, { throwIfNoEntry: false })
      if (facts?.isDirectory()) return filesIn(path, seen)
      return facts?.isFile() && isSource(path) ? [path] : []
    })
}

function isSource(path: string): boolean {
  return READ_FILE.test(path) && !/\.d\.[cm]?ts$/.test(path) && basename(path) !== 'package.json'
}

function positionIn(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 }
}
