import { readFileSync, statSync } from 'node:fs'
import { join, normalize } from 'node:path'

const EXTENSIONS = ['.js', '.cjs', '.mjs', '.json', '.ts', '.cts', '.mts']

/**
 * The file that a common module, or a path below it, means: the file itself, with an extension, or the folder's entry
 * by its package.json. Undefined: there is none. Paths that lead out of the folder are none.
 */
export function findModuleFile(folder: string, path: string): string | undefined {
  if (path === '') return folderEntry(folder)
  if (normalize(path).startsWith('..')) return undefined
  return fileOrFolder(join(folder, path))
}

function fileOrFolder(path: string): string | undefined {
  return fileAt(path) ?? folderEntry(path)
}

function fileAt(path: string): string | undefined {
  return ['', ...EXTENSIONS].map((extension) => path + extension).find(isFile)
}

function folderEntry(folder: string): string | undefined {
  const main = mainOf(folder)
  const byMain = main === undefined ? undefined : (fileAt(join(folder, main)) ?? fileAt(join(folder, main, 'index')))
  return byMain ?? fileAt(join(folder, 'index'))
}

function mainOf(folder: string): string | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const { exports, main } = (manifest ?? {}) as { readonly exports?: unknown; readonly main?: unknown }
    const named = typeof exports === 'string' ? exports : main
    return typeof named === 'string' ? named : undefined
  } catch {
    // A common module needs no package.json; a broken one is no more than that.
    return undefined
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
  } catch {
    // A place that the process may not look at is no place for a project's file.
    return false
  }
}
