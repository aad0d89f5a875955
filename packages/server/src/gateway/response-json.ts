import type { ForwardResponse } from './create-forward.ts'

/** A response that has come whole, as JSON text; throws what its body throws. */
export async function responseJson({ status, header, body }: ForwardResponse): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  const bytes = Buffer.concat(pieces)
  const text = textOf(bytes)
  return JSON.stringify(
    text === undefined
      ? { status, header, body: bytes.toString('base64url'), encoding: 'base64url' }
      : { status, header, body: text },
  )
}

/**
 * The same, piece by piece as the backend delivers; the body always in base64url, for nobody knows yet what it will be.
 */
export async function* responseJsonPieces({ status, header, body }: ForwardResponse): AsyncGenerator<string> {
  yield `${JSON.stringify({ status, header, encoding: 'base64url' }).slice(0, -1)},"body":"`
  let held: Buffer = Buffer.alloc(0)
  for await (const piece of body) {
    const bytes = Buffer.concat([held, piece])
    // Three bytes make four characters; what is over waits for more.
    const whole = bytes.length - (bytes.length % 3)
    held = bytes.subarray(whole)
    if (whole > 0) yield bytes.toString('base64url', 0, whole)
  }
  yield `${held.toString('base64url')}"}`
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Undefined for bytes that are not UTF-8; what it gives encodes to the very same bytes. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}
