/**
 * Keeps a label's set of values small: the first `max` values are themselves, all later ones are `other`. For labels
 * whose values come from outside, such as a platform's errcodes.
 */
export function boundedLabel(max: number): (value: string) => string {
  const seen = new Set<string>()
  return (value) => {
    if (seen.has(value)) return value
    if (seen.size >= max) return 'other'
    seen.add(value)
    return value
  }
}
