import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { workerEntry } from '@drawbridge/runtime'
import type { Space } from '../spaces/space.ts'
import type { Generation } from './generation.ts'
import type { WorkerFolder } from './worker-folders.ts'

/** What V8's heap may take less than the whole process: code, buffers and stacks have to fit as well. */
const BESIDE_HEAP_MB = 48
const HEAP_MIN_MB = 32
/** Variables that would change what the process may do. */
const DANGEROUS = /^(NODE_|LD_|DYLD_|SSL_|OPENSSL_)/i

/** How a worker process is started. */
export interface WorkerLaunch {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly uid?: number
  readonly gid?: number
}

/**
 * The command line of a worker: Node's permission model without child processes, threads, addons, WASI, inspector and
 * node:sqlite (which the model does not hold: it would open the server's own database), files readable where code is,
 * writable in the worker's own folder only; the space's environment and nothing of the server's.
 */
export function workerLaunch(space: Space, generation: Generation, folder: WorkerFolder): WorkerLaunch {
  const { uid, gid, memoryMb } = space.workers
  const { path: temporaryFolder, codeCache } = folder
  const readable = new Set([
    dirname(generation.folder),
    temporaryFolder,
    ...generation.nodeModules,
    ...runtimeFolders(),
  ])
  const environment = Object.entries(space.environment).filter(([name]) => !DANGEROUS.test(name))
  return {
    args: [
      '--permission',
      ...[...readable].map((folder) => `--allow-fs-read=${folder}`),
      `--allow-fs-write=${temporaryFolder}`,
      ...knownFlags('--allow-net', '--disable-sigusr1'),
      '--no-experimental-sqlite',
      '--no-experimental-webstorage',
      '--no-addons',
      '--no-warnings',
      `--max-old-space-size=${Math.max(HEAP_MIN_MB, memoryMb - BESIDE_HEAP_MB)}`,
      fileURLToPath(workerEntry),
    ],
    env: {
      ...Object.fromEntries(environment),
      TZ: 'UTC',
      TMPDIR: temporaryFolder,
      ...(codeCache !== undefined && { NODE_COMPILE_CACHE: codeCache }),
    },
    cwd: generation.folder,
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
  }
}

function knownFlags(...flags: readonly string[]): readonly string[] {
  return flags.filter((flag) => process.allowedNodeEnvironmentFlags.has(flag))
}

/** Where the runtime's own code is, and what it imports. */
function runtimeFolders(): readonly string[] {
  const folders: string[] = []
  const home = packageFolder(dirname(fileURLToPath(workerEntry)))
  folders.push(realpathSync(home))
  for (let at = home; at !== dirname(at); at = dirname(at)) {
    const modules = join(at, 'node_modules')
    if (!existsSync(modules)) continue
    folders.push(realpathSync(modules))
    // In a workspace the package is a link to a folder elsewhere.
    const protocol = join(modules, '@drawbridge', 'protocol')
    if (existsSync(protocol)) folders.push(realpathSync(protocol))
  }
  return folders
}

function packageFolder(folder: string): string {
  return existsSync(join(folder, 'package.json')) || folder === dirname(folder)
    ? folder
    : packageFolder(dirname(folder))
}
