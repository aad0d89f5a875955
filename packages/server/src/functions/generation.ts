import { realpathSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Space } from '../spaces/space.ts'
import { copyFunctionsFolder } from './copy-functions-folder.ts'
import type { FolderMistake } from './folder-mistake.ts'
import type { FunctionFacts } from './function-facts.ts'
import { readFunctionsFolder } from './read-functions-folder.ts'

/** The code of a space's functions as it stood at one moment: a copy that nothing changes any more. */
export interface Generation {
  readonly id: number
  /** The copy of the functions folder. */
  readonly folder: string
  readonly functions: ReadonlyMap<string, FunctionFacts>
  readonly modules: Readonly<Record<string, string>>
  /** Real paths of the node_modules that functions load from. */
  readonly nodeModules: readonly string[]
  readonly mistakes: readonly FolderMistake[]
  /** Puts the project's own paths for those of the copy, in what people read. */
  named(text: string): string
  /** Removes the copy. */
  remove(): Promise<void>
}

/** Copies and reads a space's functions folder. `root`: a private folder, where the copy goes. */
export async function createGeneration(space: Space, root: string, id: number): Promise<Generation> {
  const home = join(root, `code-${id}`)
  const folder = join(home, 'cloudfunctions')
  const mistakes: FolderMistake[] = []
  const { uid, gid } = space.workers
  await mkdir(home, { mode: uid === undefined ? 0o700 : 0o755 })
  const source = space.functionsFolder === undefined ? undefined : realFolder(space.functionsFolder)
  if (source === undefined) {
    await mkdir(folder)
    if (space.functionsFolder !== undefined)
      mistakes.push({
        name: '',
        file: space.functionsFolder,
        message: 'The functions folder is not there. Correct the space’s functionsFolder.',
        weight: 'unusable',
      })
  }
  const copy =
    source === undefined
      ? undefined
      : await copyFunctionsFolder({
          from: source,
          to: folder,
          ...(uid !== undefined && { owner: { uid, gid: gid ?? uid } }),
          report: (mistake) => void mistakes.push(mistake),
        })
  const read = readFunctionsFolder(folder, space.workers.timeoutSeconds)
  const named = (text: string): string =>
    source !== undefined && text.includes(folder) ? text.replaceAll(folder, source) : text
  return {
    id,
    folder,
    functions: read.functions,
    modules: read.modules,
    nodeModules: copy?.nodeModules ?? [],
    mistakes: [...mistakes, ...read.mistakes].map((each) => ({ ...each, file: named(each.file) })),
    named,
    remove: () => rm(home, { recursive: true, force: true }),
  }
}

function realFolder(folder: string): string | undefined {
  try {
    return realpathSync(folder)
  } catch {
    // A folder that is not there is a mistake of the configuration, told with its path.
    return undefined
  }
}
