import { DrawbridgeError } from '@drawbridge/protocol'
import type { Ask } from '../worker/create-ask.ts'

/** What the built-in modules are made with. */
export interface BuiltInDeps {
  readonly ask: Ask
  /** Bare name → absolute folder, of the project's own modules. */
  readonly modules: ReadonlyMap<string, string>
  /** ms since epoch. */
  readonly now: () => number
}

let given: BuiltInDeps | undefined

/** Called once, before any code of a project is loaded: Node loads the modules, so nobody can hand it to them. */
export function giveBuiltIns(deps: BuiltInDeps): void {
  given = deps
}

/** What was given. */
export function builtInDeps(): BuiltInDeps {
  if (!given) throw new DrawbridgeError('UNICLOUD_NOT_SUPPORTED', { what: 'uniCloud modules outside a worker' })
  return given
}
