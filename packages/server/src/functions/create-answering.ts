import { DrawbridgeError } from '@drawbridge/protocol'
import { frameLimits } from '@drawbridge/runtime'
import type { Json } from '@drawbridge/runtime'
import type { Space } from '../spaces/space.ts'
import type { HostEvent } from './host-event.ts'
import type { RunningCall } from './running-call.ts'
import { thrownDetail } from './thrown-detail.ts'
import type { WorkerServices } from './ask-context.ts'

/** What a worker asked, and in whose name; undefined: of a call that is over, or was never its own. */
export interface Ask {
  readonly running: RunningCall | undefined
  readonly service: string
  readonly method: string
  /** JSON text; '': null. */
  readonly payload: string
}

/** An answer as the worker takes it: JSON text. */
export interface Answer {
  readonly ok: boolean
  readonly payload: string
}

/** Answers what functions ask the server for; never rejects. */
export function createAnswering(
  services: WorkerServices,
  space: Space,
  onEvent: (event: HostEvent) => void,
): (ask: Ask) => Promise<Answer> {
  return async (ask) => {
    try {
      const payload = JSON.stringify((await answer(ask)) ?? null)
      const bytes = Buffer.byteLength(payload)
      if (bytes > frameLimits.payloadMaxBytes)
        throw new DrawbridgeError('FUNCTION_RESULT_INVALID', { service: ask.service, method: ask.method, bytes })
      return { ok: true, payload }
    } catch (cause) {
      if (cause instanceof DrawbridgeError) {
        const { code, message, detail } = cause
        const thrown = thrownDetail(cause)
        const told = thrown === undefined ? detail : { ...detail, detail: thrown }
        return { ok: false, payload: JSON.stringify({ code, message, detail: told }) }
      }
      const { service, method } = ask
      onEvent({
        type: 'ask-failed',
        spaceId: space.spaceId,
        name: ask.running?.call.name ?? '',
        service,
        method,
        cause,
      })
      return { ok: false, payload: JSON.stringify({ code: 'SYSTEM_ERROR', message: 'The server failed.' }) }
    }
  }

  async function answer({ running, service, method, payload }: Ask): Promise<Json | undefined> {
    if (!running || running.isSettled) throw new DrawbridgeError('FUNCTION_CALL_ENDED', { service, method })
    const asked = Object.hasOwn(services, service) ? services[service] : undefined
    if (!asked) throw new DrawbridgeError('FUNCTION_FRAME_INVALID', { service })
    const { name, facts, depth } = running.call
    return asked({ space, name, facts, depth }, method, paramsOf(payload))
  }
}

function paramsOf(payload: string): Json {
  try {
    return payload === '' ? null : (JSON.parse(payload) as Json)
  } catch (cause) {
    throw new DrawbridgeError('FUNCTION_FRAME_INVALID', {}, { cause })
  }
}
