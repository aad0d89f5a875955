import { DrawbridgeError } from '@drawbridge/protocol'
import { andThen } from '../callers/and-then.ts'
import type { MaybePromise } from '../callers/and-then.ts'
import type { Caller } from '../callers/caller.ts'
import { clientAddress } from '../callers/client-address.ts'
import type { Callers } from '../callers/create-callers.ts'
import type { RateLimiter } from '../callers/rate-limiter.ts'
import { S2S_BINDING_HEADER } from '../callers/s2s/s2s-binding.ts'
import type { Log } from '../log/create-log.ts'
import type { Metrics } from '../metrics/create-metrics.ts'
import type { Answer } from './answer.ts'
import type { Arrival } from './arrival.ts'
import { errorAnswer } from './error-answer.ts'
import type { ErrorFace } from './error-faces.ts'
import { outsideRequestId } from './request-ids.ts'
import type { CallerRoute, ClientRoute, PreparedCall, PublicRoute, Route } from './route.ts'
import { sendAnswer } from './send-answer.ts'
import type { Visit } from './visit.ts'

/** What stands before every route: who asks, whether he may ask so often, then the route; one answer in any case. */
export interface Door {
  /** A route for callers. `prepare` reads the request's parts; it is called when the caller is known. */
  enter(arrival: Arrival, route: CallerRoute, prepare: () => PreparedCall, onAnswered?: (answer: Answer) => void): void
  /** A route for everyone. */
  show(arrival: Arrival, route: PublicRoute): void
  /** A route for the clients of a space. */
  serve(arrival: Arrival, route: ClientRoute, params: Readonly<Record<string, string>>): void
  /** Answers a request that never came to a route; `face` where it is known which one it was meant for. */
  refuse(arrival: Arrival, error: unknown, face?: ErrorFace): void
}

/** @param tick a stopwatch, in ms with fractions. */
export function createDoor({
  callers,
  limiter,
  metrics,
  log,
  now,
  tick,
  isStopping,
}: {
  readonly callers: Callers
  readonly limiter: RateLimiter
  readonly metrics: Metrics
  readonly log: Log
  readonly now: () => number
  readonly tick: () => number
  readonly isStopping: () => boolean
}): Door {
  const visitOf = (arrival: Arrival): Visit => ({
    requestId: arrival.requestId,
    outsideRequestId: outsideRequestId(arrival.headers['x-request-id']),
    at: now(),
    address: clientAddress(arrival.address),
  })

  const identify = (arrival: Arrival, { address }: Visit): MaybePromise<Caller> =>
    callers.identify({
      method: arrival.method,
      target: arrival.target,
      headers: arrival.headers,
      body: arrival.body,
      address,
      origin: arrival.origin,
    })

  const pass = (
    arrival: Arrival,
    route: Route,
    work: (visit: Visit) => MaybePromise<Answer>,
    onAnswered?: (answer: Answer) => void,
  ): void => {
    const startedAt = tick()
    const visit = visitOf(arrival)
    const finish = (answer: Answer): void => {
      send(arrival, answer, isStopping())
      metrics.onRequest(route.operationId, answer.status, (tick() - startedAt) / 1000)
    }
    const fail = (error: unknown): void => {
      finish(errorAnswer(error, { face: route.face, visit, log }))
    }
    const succeed = (answer: Answer): void => {
      finish(answer)
      onAnswered?.(answer)
    }
    try {
      if (isStopping()) throw new DrawbridgeError('SERVER_STOPPING')
      const answer = work(visit)
      if (answer instanceof Promise) answer.then(succeed).catch(fail)
      else succeed(answer)
    } catch (error) {
      fail(error)
    }
  }

  return {
    enter(arrival, route, prepare, onAnswered) {
      const work = (visit: Visit): MaybePromise<Answer> =>
        andThen(identify(arrival, visit), (caller) => {
          limiter.take(caller.id)
          if (caller.covers === 'fields' && !route.acceptsFieldSignature) throw unbound(route)
          return prepare()(caller, visit)
        })
      pass(arrival, route, work, onAnswered)
    },

    show(arrival, route) {
      pass(arrival, route, (visit) => route.run(() => identify(arrival, visit), visit))
    },

    serve(arrival, route, params) {
      pass(arrival, route, (visit) => route.serve(arrival, visit, params))
    },

    refuse(arrival, error, face = arrival.target.startsWith('/uni-open-bridge/') ? 'uni' : 'problem') {
      const answer = errorAnswer(error, { face, visit: visitOf(arrival), log })
      send(arrival, answer, isStopping())
      metrics.onRequest('none', answer.status, 0)
    },
  }
}

/** @param isLast whether this is the connection's last answer. */
function send({ response, requestId }: Arrival, answer: Answer, isLast: boolean): void {
  if (answer.status === 101) return
  // The client is told to go, rather than cut off at its next request.
  if (isLast) response.shouldKeepAlive = false
  // A client that has gone away gets nothing, and costs nothing.
  if (!response.writableEnded && !response.destroyed) sendAnswer(response, answer, requestId)
}

function unbound(route: CallerRoute): DrawbridgeError {
  return new DrawbridgeError('SIGNATURE_INVALID', {
    component: S2S_BINDING_HEADER,
    operation: route.operationId,
    reason:
      'a plain uni-cloud-s2s signature covers neither path nor value; add the binding header, or use a bearer token',
  })
}
