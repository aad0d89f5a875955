import { readdirSync, existsSync, statSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import type { ReportMistake } from './folder-mistake.ts'
import { isRecord, readManifest } from './read-manifest.ts'
import type { Manifest } from './read-manifest.ts'

const BARE_NAME = /^(@[A-Za-z0-9~-][\w.~-]*\/)?[A-Za-z0-9~-][\w.~-]*$/

/** The project's own modules, in the making. */
export interface ModuleTable {
  /** Bare name → absolute folder. */
  readonly folders: Readonly<Record<string, string>>
  /** Adds the `file:` dependencies of a package.json. */
  addDependencies(from: string, name: string, manifest: Manifest): void
}

/** Reads `common/*` of a functions folder: each module under its package's name and its folder's. */
export function readModules(folder: string, report: ReportMistake): ModuleTable {
  const folders: Record<string, string> = Object.create(null) as Record<string, string>
  const table: ModuleTable = { folders, addDependencies }
  const common = join(folder, 'common')
  const manifests = moduleFolders(common).flatMap((at) => {
    const manifest = readManifest(join(common, at), `common/${at}`, report)
    return manifest ? [{ at, manifest }] : []
  })
  // Names that packages give themselves come before folders' names, which another package may bear.
  for (const { at, manifest } of manifests)
    if (typeof manifest['name'] === 'string' && BARE_NAME.test(manifest['name']))
      folders[manifest['name']] ??= join(common, at)
  for (const { at } of manifests) if (BARE_NAME.test(at)) folders[at] ??= join(common, at)
  for (const { at, manifest } of manifests) addDependencies(join(common, at), `common/${at}`, manifest)
  return table

  function addDependencies(from: string, name: string, manifest: Manifest): void {
    const dependencies = manifest['dependencies']
    if (!isRecord(dependencies)) return
    for (const [alias, range] of Object.entries(dependencies)) {
      if (typeof range !== 'string' || !range.startsWith('file:') || !BARE_NAME.test(alias)) continue
      const target = resolve(from, range.slice('file:'.length))
      const tell = (message: string): void =>
        report({ name, file: join(from, 'package.json'), message: `${alias}: ${message}`, weight: 'mended' })
      if (!target.startsWith(folder + sep)) tell('file: leaves the functions folder. Move the module into common.')
      else if (!existsSync(target) || !statSync(target).isDirectory()) tell('file: names no folder. Correct the path.')
      else if ((folders[alias] ?? target) !== target) tell('two modules bear this name. Rename one of them.')
      else folders[alias] = target
    }
  }
}

function moduleFolders(common: string): readonly string[] {
  if (!existsSync(common)) return []
  return readdirSync(common, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .flatMap(({ name }) => (name.startsWith('@') ? readdirSync(join(common, name)).map((at) => `${name}/${at}`) : name))
}
