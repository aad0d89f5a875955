import { chownSync, mkdirSync } from 'node:fs'
import { cp, lchown, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Folders made ahead with a copy of the code cache, so that starting a worker waits for no copying. */
const AHEAD = 2
const CACHE = '.code-cache'

/** A folder that one worker may write to. */
export interface WorkerFolder {
  readonly path: string
  /** Where Node finds the runtime's code compiled; undefined: it compiles it itself. */
  readonly codeCache?: string
}

/** Makes and removes the workers' folders. */
export interface WorkerFolders {
  take(): WorkerFolder
  remove(folder: WorkerFolder): Promise<void>
  /** From here on folders bring a copy of this code cache: a copy, for what a worker can write, another must not run. */
  bring(codeCache: string): void
}

/** Folders below `root`, which is there; `owner`: whom workers run as. */
export function createWorkerFolders(
  root: string,
  owner?: { readonly uid: number; readonly gid: number },
): WorkerFolders {
  const ready: WorkerFolder[] = []
  let count = 0
  let source: string | undefined
  let isPreparing = false
  return {
    take() {
      const folder = ready.shift() ?? bare()
      void prepare()
      return folder
    },
    remove: ({ path }) => rm(path, { recursive: true, force: true, maxRetries: 1 }).catch(() => undefined),
    bring(codeCache) {
      source = codeCache
      void prepare()
    },
  }

  function nextPath(): string {
    count += 1
    return join(root, `worker-${count}`)
  }

  function bare(): WorkerFolder {
    const path = nextPath()
    mkdirSync(path, { mode: 0o700 })
    if (owner) chownSync(path, owner.uid, owner.gid)
    return { path }
  }

  async function prepare(): Promise<void> {
    if (source === undefined || isPreparing) return
    isPreparing = true
    while (ready.length < AHEAD) {
      const path = nextPath()
      const codeCache = join(path, CACHE)
      try {
        await mkdir(path, { mode: 0o700 })
        await cp(source, codeCache, { recursive: true })
        if (owner) await own(path, owner)
      } catch {
        // The cache saves time and is nothing that a worker needs; the host may be closing.
        break
      }
      ready.push({ path, codeCache })
    }
    isPreparing = false
  }
}

async function own(path: string, owner: { readonly uid: number; readonly gid: number }): Promise<void> {
  await lchown(path, owner.uid, owner.gid)
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true }))
    await lchown(join(entry.parentPath, entry.name), owner.uid, owner.gid)
}
