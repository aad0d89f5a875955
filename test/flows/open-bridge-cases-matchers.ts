import { isDeepStrictEqual } from 'node:util'

/** What a recorded token is like: `uniIdVersion` may differ, and only the moments' distance is told. */
interface TokenMatcher {
  readonly header: unknown
  readonly payload: Readonly<Record<string, unknown>>
  /** s, from `iat` to `exp`. */
  readonly lifetime: number
  readonly has: readonly string[]
}

type Fields = Readonly<Record<string, unknown>>

/** A recorded value with its matchers (`$any`, `$jwt`) replaced by what they match; those that do not match stay. */
export function withMatches(expected: unknown, actual: unknown): unknown {
  if (typeof expected !== 'object' || expected === null) return expected
  if (Array.isArray(expected)) return expected.map((each, at) => withMatches(each, (actual as unknown[] | null)?.[at]))
  if ('$any' in expected) return typeof actual === expected.$any ? actual : expected
  if ('$jwt' in expected) return isToken(actual, expected.$jwt as TokenMatcher) ? actual : expected
  const found = (typeof actual === 'object' && actual !== null ? actual : {}) as Fields
  return Object.fromEntries(Object.entries(expected).map(([name, inner]) => [name, withMatches(inner, found[name])]))
}

function isToken(actual: unknown, { header, payload, lifetime, has }: TokenMatcher): boolean {
  const [head, body, signature] = String(actual).split('.')
  if (!head || !body || !signature) return false
  const claims = read(body)
  return (
    isDeepStrictEqual(read(head), header) &&
    has.every((name) => name in claims) &&
    Number(claims['exp']) - Number(claims['iat']) === lifetime &&
    Object.entries(payload).every(([name, value]) => name === 'uniIdVersion' || isDeepStrictEqual(claims[name], value))
  )
}

function read(part: string): Fields {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Fields
}

/** A step with the values that earlier steps gave in the place of its `{$from: [step, path]}`. */
export function withEarlier<Part>(part: Part, outcomes: readonly unknown[]): Part {
  if (typeof part !== 'object' || part === null) return part
  if (Array.isArray(part)) return part.map((each: unknown) => withEarlier(each, outcomes)) as Part
  if ('$from' in part) {
    const [step, path] = part.$from as readonly [number, string]
    return path.split('.').reduce<unknown>((value, name) => (value as Fields)[name], outcomes[step]) as Part
  }
  return Object.fromEntries(Object.entries(part).map(([name, each]) => [name, withEarlier(each, outcomes)])) as Part
}
