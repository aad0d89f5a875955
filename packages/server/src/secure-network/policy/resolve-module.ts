import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'

/** As the runtime completes names, in its order. */
const ENDINGS = ['', '.js', '.cjs', '.mjs', '.json', '.ts', '.cts', '.mts'] as const
const CODE_FILE = /\.[cm]?[jt]s$/

/** The source that a relative specifier in a file names; undefined where it is none, or not inside the project. */
export function resolveModule(from: string, specifier: string, project: string): string | undefined {
  const path = resolve(dirname(from), specifier)
  const names = [path, join(path, 'index')].flatMap((name) => ENDINGS.map((ending) => `${name}${ending}`))
  const file = names.find((name) => statSync(name, { throwIfNoEntry: false })?.isFile())
  return file?.startsWith(project + sep) && CODE_FILE.test(file) ? file : undefined
}

/** The folders of the project's own modules that a function can name without a path: the common ones, and `file:` ones. */
export function outerModules(folder: string, manifest: Readonly<Record<string, unknown>>): readonly string[] {
  const { dependencies } = manifest
  const ranges: readonly unknown[] =
    typeof dependencies === 'object' && dependencies !== null ? Object.values(dependencies) : []
  const named = ranges
    .filter((range) => typeof range === 'string' && range.startsWith('file:'))
    .map((range) => resolve(folder, String(range).slice('file:'.length)))
  return [join(dirname(folder), 'common'), ...named].filter((each) => existsSync(each) && statSync(each).isDirectory())
}
