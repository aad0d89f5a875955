import { builtInModules } from '../modules/table.ts'
import { giveBuiltIns } from '../modules/built-in-deps.ts'
import { createDatabase } from '../unicloud/database/create-database.ts'
import { createUniCloud } from '../unicloud/create-unicloud.ts'
import type { Log } from './create-log.ts'
import type { Started } from './create-worker.ts'

/** Puts up the `uniCloud` global; gives the modules that uniCloud brings, by bare name. */
export function prepareGlobals(
  started: Started,
  { log, now }: { readonly log: Log; readonly now: () => number },
): ReadonlyMap<string, URL> {
  const { ask, modules } = started
  giveBuiltIns({ ask, modules, now })
  const database = createDatabase((method, params) => ask('database', method, params))
  const uniCloud = createUniCloud(started, { log, database: () => database })
  Object.defineProperty(globalThis, 'uniCloud', { value: uniCloud, enumerable: true })
  return builtInModules
}
