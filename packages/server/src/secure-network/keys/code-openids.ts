import type { CodeHandles } from '../../identity/code-handles.ts'
import type { Space } from '../../spaces/space.ts'

/** Whom a login code names. */
export interface CodeOpenid {
  readonly openid: string
  /** Its life is to be lengthened, once it has shown itself in use. */
  readonly isAging: boolean
}

/** Whose a login code was, for clients that know no openid of theirs. */
export interface CodeOpenids {
  find(space: Space, wxAppid: string, code: string): CodeOpenid | undefined | Promise<CodeOpenid | undefined>
  /** For a code that an authentic message came with. */
  lengthen(space: Space, wxAppid: string, code: string): Promise<void>
}

/** How long a found one is not looked for again: within it, a code that was forgotten is still good. */
const KEPT_MS = 30_000
const KEPT_MAX = 10_000

/** Codes as the login keeps them, remembered for half a minute so that a call costs no read of the database. */
export function createCodeOpenids(handles: CodeHandles, elapsed: () => number): CodeOpenids {
  const kept = new Map<string, CodeOpenid & { readonly until: number }>()
  return {
    find(space, wxAppid, code) {
      const name = nameOf(space, wxAppid, code)
      const known = kept.get(name)
      if (known && known.until > elapsed()) return known
      kept.delete(name)
      return handles.find(space, wxAppid, code).then((found) => {
        if (!found) return undefined
        const [oldest] = kept.keys()
        if (kept.size >= KEPT_MAX && oldest !== undefined) kept.delete(oldest)
        const one = { openid: found.openid, isAging: found.isAging === true, until: elapsed() + KEPT_MS }
        kept.set(name, one)
        return one
      })
    },
    async lengthen(space, wxAppid, code) {
      await handles.lengthen(space, wxAppid, code)
      const name = nameOf(space, wxAppid, code)
      const known = kept.get(name)
      if (known) kept.set(name, { ...known, isAging: false })
    },
  }
}

function nameOf({ spaceId }: Space, wxAppid: string, code: string): string {
  return JSON.stringify([spaceId, wxAppid, code])
}
