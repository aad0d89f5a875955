import type { ForwardResponse } from './create-forward.ts'

/** A response whose reader's failures are told, unless it was discarded before: then nobody waits for it. */
export function watchResponse(response: ForwardResponse, onBroken: (error: unknown) => void): ForwardResponse {
  let isDiscarded = false
  async function* watched(): AsyncGenerator<Uint8Array> {
    try {
      yield* response.body
    } catch (error) {
      if (!isDiscarded) onBroken(error)
      throw error
    }
  }
  return {
    ...response,
    body: watched(),
    discard() {
      isDiscarded = true
      response.discard()
    },
  }
}
