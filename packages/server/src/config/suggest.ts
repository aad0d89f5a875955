/**
 * The known name that an unknown one was probably meant to be; undefined when none is near. Case, dashes and the
 * order of dashed words do not count (`h5-Weixin` is near `weixin-h5`); otherwise a third of the letters may differ,
 * two letters that changed places counting as one.
 */
export function suggest(unknown: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = Infinity
  for (const name of known) {
    const limit = Math.max(1, Math.floor(Math.min(unknown.length, name.length) / 3))
    const away = Math.min(distance(joined(unknown), joined(name)), distance(sorted(unknown), sorted(name)))
    if (away <= limit && away < bestDistance) [best, bestDistance] = [name, away]
  }
  return best
}

function joined(name: string): string {
  return name.toLowerCase().replace(/[-_\s]+/g, '')
}

function sorted(name: string): string {
  return name
    .toLowerCase()
    .split(/[-_\s]+/)
    .sort()
    .join('')
}

/** Edits between two names, two letters changing places being one; names longer than 64 are as far as they are long. */
function distance(a: string, b: string): number {
  if (a.length > 64 || b.length > 64) return Math.max(a.length, b.length)
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swapped = isSwapped ? (before[j - 2] ?? 0) + 1 : Infinity
      next.push(Math.min(replaced, swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}
