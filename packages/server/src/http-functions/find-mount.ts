import type { FunctionFacts } from '../functions/function-facts.ts'

/** A URL-ized function, and the rest of the path, for it to read. */
export interface Mount {
  readonly facts: FunctionFacts
  /** The segments below the mount, percent-encoding untouched. */
  readonly below: readonly string[]
}

/**
 * The function whose `path` the request path begins with, segment by segment; the longest wins, and among equals the
 * first by name. undefined: none, or an encoding that cannot be read.
 * @param path begins with `/`, percent-encoding untouched.
 */
export function findMount(functions: readonly FunctionFacts[], path: string): Mount | undefined {
  const raw = segmentsOf(path)
  const segments = raw.map(decoded)
  let found: Mount | undefined
  let longest = -1
  for (const facts of functions) {
    const mount = mountSegments(facts.path)
    if (mount === undefined || mount.length < longest || mount.length > segments.length) continue
    const isLonger = mount.length > longest || (found !== undefined && facts.name < found.facts.name)
    if (!isLonger || !mount.every((segment, index) => segment === segments[index])) continue
    longest = mount.length
    found = { facts, below: raw.slice(mount.length) }
  }
  return found
}

/** The segments of a configured `path`; undefined: the function is not URL-ized. */
export function mountSegments(path: string | undefined): readonly string[] | undefined {
  const trimmed = path?.trim() ?? ''
  return trimmed === '' ? undefined : segmentsOf(trimmed)
}

/** Without the empty one that a `/` at the end makes. */
function segmentsOf(path: string): readonly string[] {
  const segments = path.replace(/^\//, '').split('/')
  return segments.at(-1) === '' ? segments.slice(0, -1) : segments
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}
