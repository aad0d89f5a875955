/** Below this Node keeps bytes together with others, or they cost nothing worth the trouble. */
const LARGE_BYTES = 16_384

/**
 * Gives the memory of large bytes back at once; they are empty afterwards. It is not on JavaScript's heap, and left to
 * the garbage collector a few such pieces for each call bring a collection of everything several times a second. Bytes
 * that share their memory with others are left alone.
 */
export function releaseBytes({ buffer, byteLength }: Uint8Array): void {
  if (byteLength < LARGE_BYTES || buffer.byteLength !== byteLength || !(buffer instanceof ArrayBuffer)) return
  buffer.transfer(0)
}
