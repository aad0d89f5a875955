import { FRAME_MAX_BYTES, HEAD_MAX_BYTES } from '../wire/frame-limits.ts'
import type { FromWorker } from '../wire/worker-frame.ts'
import { AskError, askError } from './ask-error.ts'
import { currentCall } from './call-scope.ts'

/**
 * Asks the server for something in the name of the call that runs. `params` and the answer are JSON. Rejects with an
 * {@link AskError}: the server's, or `FUNCTION_CALL_ENDED` for code that runs outside every call.
 */
export type Ask = (service: string, method: string, params?: unknown) => Promise<unknown>

/** The questions that wait for an answer. */
export interface Asking {
  readonly ask: Ask
  /** Hands an answer to whoever asked. */
  settle(id: number, isOk: boolean, payload: string): void
}

const { parse, stringify } = JSON

/** The server ends a worker whose frames are longer than it takes. */
const PAYLOAD_MAX_BYTES = FRAME_MAX_BYTES - HEAD_MAX_BYTES

/** Creates it for one process; `send` puts a frame on the pipe. */
export function createAsking(send: (head: FromWorker, payload: string) => void): Asking {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: AskError) => void }>()
  let lastId = 0
  return {
    ask: (service, method, params = null) =>
      new Promise((resolve, reject) => {
        const call = currentCall()
        if (!call) {
          reject(new AskError('FUNCTION_CALL_ENDED', `uniCloud was asked for ${service}/${method} outside a call.`))
          return
        }
        // Written first: what cannot be written as JSON rejects, and waits for nothing.
        const payload = stringify(params)
        if (payload.length * 3 > PAYLOAD_MAX_BYTES && Buffer.byteLength(payload) > PAYLOAD_MAX_BYTES) {
          reject(
            new AskError('UNICLOUD_ARGUMENT_INVALID', `More than ${PAYLOAD_MAX_BYTES} bytes for ${service}/${method}.`),
          )
          return
        }
        const id = ++lastId
        waiting.set(id, { resolve, reject })
        send({ t: 'ask', id, call: call.id, service, method }, payload)
      }),
    settle(id, isOk, payload) {
      const asked = waiting.get(id)
      if (!asked) return
      waiting.delete(id)
      const answer: unknown = payload === '' ? null : parse(payload)
      if (isOk) asked.resolve(answer)
      else asked.reject(askError(answer))
    },
  }
}
