/** Whether two arrays hold the same bytes, in a time that depends on their lengths alone. */
export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false
  let difference = 0
  for (let at = 0; at < one.length; at++) difference |= (one[at] as number) ^ (other[at] as number)
  return difference === 0
}
