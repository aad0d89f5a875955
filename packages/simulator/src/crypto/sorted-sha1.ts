import { createHash } from 'node:crypto'

/** sha1 hex of the texts in ASCII order, joined by `joint` (nothing when not told): callbacks, cards. */
export function sortedSha1(texts: readonly string[], joint = ''): string {
  return createHash('sha1')
    .update([...texts].sort().join(joint), 'utf8')
    .digest('hex')
}
