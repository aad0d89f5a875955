import { constants } from 'node:fs'
import type { Dirent } from 'node:fs'
import { copyFile, lchown, mkdir, readdir, realpath, stat, symlink } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import type { ReportMistake } from './folder-mistake.ts'

const FILES_MAX = 20_000
const BYTES_MAX = 512 * 1024 * 1024
/** How far above the functions folder a node_modules may be. */
const ANCESTORS = 4

/** A copy of a functions folder, as it stood at one moment. */
export interface FolderCopy {
  /** Real paths of the node_modules that the copy links to. */
  readonly nodeModules: readonly string[]
}

/** Where a copy comes from and goes to. */
export interface CopyTask {
  /** Real path of the functions folder. */
  readonly from: string
  /** The copy's folder; its parent exists. */
  readonly to: string
  readonly owner?: { readonly uid: number; readonly gid: number }
  readonly report: ReportMistake
}

/**
 * Copies a functions folder, so that code which changes on the disk does not change under workers that have not loaded
 * it yet. node_modules are linked, not copied. Links that stay inside the folder are followed, others reported.
 */
export async function copyFunctionsFolder({ from, to, owner, report }: CopyTask): Promise<FolderCopy> {
  const nodeModules = new Set<string>()
  let files = 0
  let bytes = 0
  await copyFolder(from, to, '')
  await linkOuterModules()
  return {
    nodeModules: [...nodeModules],
  }

  async function copyFolder(source: string, target: string, top: string): Promise<void> {
    await mkdir(target, { mode: 0o700 })
    await own(target)
    const entries = await readdir(source, { withFileTypes: true })
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name === '.git') continue
      await copyEntry(entry, join(source, entry.name), join(target, entry.name), top === '' ? entry.name : top)
    }
  }

  async function copyEntry(entry: Dirent, source: string, target: string, top: string): Promise<void> {
    const real = entry.isSymbolicLink() ? await insideTarget(source, top) : source
    const facts = real === undefined ? undefined : await stat(real).catch(() => undefined)
    if (real === undefined || !facts) return
    if (facts.isDirectory() && entry.name === 'node_modules') await linkModules(real, target)
    // A link to a folder that holds it would go round for ever.
    else if (facts.isDirectory() && !(source + sep).startsWith(real === source ? '\0' : real + sep))
      await copyFolder(real, target, top)
    else if (facts.isFile()) await copyOne(real, target, { size: facts.size, top })
  }

  async function copyOne(source: string, target: string, { size, top }: { size: number; top: string }): Promise<void> {
    files += 1
    bytes += size
    if (files > FILES_MAX || bytes > BYTES_MAX) {
      const message = `The functions folder has more than ${FILES_MAX} files or ${BYTES_MAX / 1024 ** 2} MiB; the rest is left out. Keep data elsewhere.`
      if (files - 1 <= FILES_MAX && bytes - size <= BYTES_MAX)
        report({ name: top, file: source, message, weight: 'mended' })
      return
    }
    // A file that an editor has just put away is no mistake.
    const isThere = await copyFile(source, target, constants.COPYFILE_FICLONE).then(
      () => true,
      () => false,
    )
    if (isThere) await own(target)
  }

  async function insideTarget(link: string, top: string): Promise<string | undefined> {
    const target = await realpath(link).catch(() => undefined)
    if (target?.startsWith(from + sep) === true) return target
    const message = 'The link leaves the functions folder and is left out. Put the file itself here.'
    report({ name: top, file: link, message, weight: 'mended' })
    return undefined
  }

  async function linkModules(source: string, target: string): Promise<void> {
    nodeModules.add(source)
    await symlink(source, target, 'dir')
  }

  /** What Node would find above the folder is found above the copy. */
  async function linkOuterModules(): Promise<void> {
    let above = dirname(from)
    for (let step = 0; step < ANCESTORS && above !== dirname(above); step += 1) {
      const modules = await realpath(join(above, 'node_modules')).catch(() => undefined)
      if (modules !== undefined) return linkModules(modules, join(dirname(to), 'node_modules'))
      above = dirname(above)
    }
  }

  async function own(path: string): Promise<void> {
    if (owner) await lchown(path, owner.uid, owner.gid)
  }
}
