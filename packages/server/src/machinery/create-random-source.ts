const DRAW_BYTES = 4096

/**
 * Bytes fit for keys, cut from larger draws: a draw for every message's sixteen bytes costs as much as sealing does.
 * Every byte is given once.
 * @param draw gives that many bytes that nobody can guess
 */
export function createRandomSource(draw: (length: number) => Uint8Array): (length: number) => Uint8Array {
  let drawn: Uint8Array = new Uint8Array(0)
  let at = 0
  return (length) => {
    if (length > DRAW_BYTES) return draw(length)
    if (at + length > drawn.length) {
      drawn = draw(DRAW_BYTES)
      at = 0
    }
    at += length
    return drawn.subarray(at - length, at)
  }
}
