import { refused } from './s2s-error.ts'

/** What is signed of a request: its top-level strings, numbers and booleans. */
export type S2sData = Readonly<Record<string, unknown>>

/**
 * The payload that uni-cloud-s2s signs: `k=v` by name, joined with `&`, nothing escaped; null, arrays and objects are
 * left out.
 */
export function s2sPayload(data: S2sData): string {
  return signedFields(data)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join('&')
}

/**
 * Refuses data whose payload could as well be that of other fields (`{a:"1&b=2"}` reads `a=1&b=2`): a name that holds
 * `&` or `=`, or a value in which another field begins. Everything else has one reading, so nothing else is refused.
 * Throws errCode 51000.
 */
export function assertOneReading(data: S2sData): void {
  for (const [name, value] of signedFields(data)) {
    if (!/[&=]/.test(name) && (typeof value !== 'string' || !/&[^&]*=/.test(value))) continue
    throw refused('Access denied: a field holds "&" and "=", so its signature would fit other fields too')
  }
}

/** Sorted as JavaScript sorts strings, which is how the reference sorts. */
function signedFields(data: S2sData): [string, unknown][] {
  return Object.entries(data)
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}
