import { mkdir } from 'node:fs/promises'
import { encodeFrame } from '@drawbridge/runtime'
import type { ToWorker } from '@drawbridge/runtime'
import type { Space } from '../spaces/space.ts'
import type { Generation } from './generation.ts'
import { workerLaunch } from './worker-launch.ts'
import { startWorkerProcess } from './worker-process.ts'
import type { WorkerProcess } from './worker-process.ts'

/** Gives the folder of the runtime's compiled code, which it makes when it is asked first; undefined: there is none. */
export type CodeCache = (space: Space, generation: Generation) => Promise<string | undefined>

/**
 * The runtime's code as V8 compiled it, in `folder`, which is not there yet: a worker that finds it is ready in a third
 * of the time, and takes two thirds of the memory, where the sources are TypeScript. A worker without functions writes
 * it: no user code has a hand in what other workers run.
 */
export function createCodeCache(folder: string): { readonly get: CodeCache; close(): Promise<void> } {
  let made: Promise<string | undefined> | undefined
  let child: WorkerProcess | undefined
  return {
    get: (space, generation) => (made ??= make(space, generation)),
    async close() {
      child?.kill()
      await made
    },
  }

  async function make(space: Space, generation: Generation): Promise<string | undefined> {
    await mkdir(folder, { mode: 0o700 })
    const { uid: _uid, gid: _gid, ...workers } = space.workers
    const launch = workerLaunch({ ...space, environment: {}, workers }, generation, { path: folder, codeCache: folder })
    const start: ToWorker = {
      t: 'start',
      space: { spaceId: '', provider: '', runtimeEnv: 'cloud', projectRoot: generation.folder },
      functions: [],
      modules: {},
      checkSyntax: false,
    }
    return new Promise((resolve) => {
      const made = startWorkerProcess(launch, {
        // It says that it is ready, and all its code is loaded then.
        onBytes: () => made.finish(),
        onOutput: () => undefined,
        onEnd: ({ exitCode }) => resolve(exitCode === 0 ? folder : undefined),
      })
      child = made
      made.send(encodeFrame(start))
    })
  }
}
