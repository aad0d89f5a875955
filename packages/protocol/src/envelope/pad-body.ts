/** Pads to a Padmé size: at most 12 % more, and only few lengths are told apart. ISO 7816-4: 80, then zeros. */
export function padBody(body: Uint8Array): Uint8Array {
  const padded = new Uint8Array(padmeSize(body.length + 1))
  padded.set(body)
  padded[body.length] = 0x80
  return padded
}

/** The body without its padding; `undefined` when there is none. Only for what was authenticated. */
export function unpadBody(padded: Uint8Array): Uint8Array | undefined {
  let end = padded.length - 1
  while (end >= 0 && padded[end] === 0) end--
  return end >= 0 && padded[end] === 0x80 ? padded.subarray(0, end) : undefined
}

/** The smallest size from `length` on whose binary form ends in enough zeros (Nikitin and others, 2019, §4). */
function padmeSize(length: number): number {
  const exponent = 31 - Math.clz32(length)
  const zeros = exponent - (32 - Math.clz32(exponent))
  const step = 2 ** Math.max(0, zeros)
  return Math.ceil(length / step) * step
}
