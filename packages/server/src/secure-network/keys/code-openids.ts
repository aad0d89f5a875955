import type { CodeHandles } from '../../identity/code-handles.ts'
import type { Space } from '../../spaces/space.ts'

/** Whose a login code was, for clients that know no openid of theirs. */
export interface CodeOpenids {
  find(space: Space, wxAppid: string, code: string): string | undefined | Promise<string | undefined>
}

/** How long a found one is not looked for again: within it, a code that was forgotten is still good. */
const KEPT_MS = 30_000
const KEPT_MAX = 10_000

/** Codes as the login keeps them, remembered for half a minute so that a call costs no read of the database. */
export function createCodeOpenids(handles: CodeHandles, elapsed: () => number): CodeOpenids {
  const kept = new Map<string, { readonly openid: string; readonly until: number }>()
  return {
    find(space, wxAppid, code) {
      const name = `${space.spaceId} ${wxAppid} ${code}`
      const known = kept.get(name)
      if (known && known.until > elapsed()) return known.openid
      kept.delete(name)
      return handles.find(space, wxAppid, code).then((found) => {
        if (!found) return undefined
        const [oldest] = kept.keys()
        if (kept.size >= KEPT_MAX && oldest !== undefined) kept.delete(oldest)
        kept.set(name, { openid: found.openid, until: elapsed() + KEPT_MS })
        return found.openid
      })
    },
  }
}
