import type { FastifyReply, FastifyRequest } from 'fastify'
import { DrawbridgeError } from '@drawbridge/protocol'
import { andThen } from '../callers/and-then.ts'
import type { MaybePromise } from '../callers/and-then.ts'
import type { Caller, CallerRequest } from '../callers/caller.ts'
import { clientAddress } from '../callers/client-address.ts'
import type { Callers } from '../callers/create-callers.ts'
import type { RateLimiter } from '../callers/rate-limiter.ts'
import { S2S_BINDING_HEADER } from '../callers/s2s/s2s-binding.ts'
import type { Log } from '../log/create-log.ts'
import type { Metrics } from '../metrics/create-metrics.ts'
import type { Answer } from './answer.ts'
import { errorAnswer } from './error-answer.ts'
import type { ErrorFace } from './error-faces.ts'
import { outsideRequestId } from './request-ids.ts'
import type { CallerRoute, Route } from './route.ts'
import { sendAnswer } from './send-answer.ts'
import type { Visit } from './visit.ts'

/** What stands between the framework and a route. */
export interface Door {
  /** Lets a request through to its route: who asks, whether he may ask so often, then the route; one answer in any case. */
  handle(route: Route, request: FastifyRequest, reply: FastifyReply): void
  /** Answers a request that never came to a route. */
  refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): void
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
  const visitOf = (request: FastifyRequest): Visit => ({
    requestId: request.id,
    outsideRequestId: outsideRequestId(request.headers['x-request-id']),
    at: now(),
    address: clientAddress(request.ip),
  })

  const send = (answer: Answer, { id }: FastifyRequest, reply: FastifyReply): void => {
    reply.hijack()
    // A client that has gone away gets nothing, and costs nothing.
    if (!reply.raw.writableEnded && !reply.raw.destroyed) sendAnswer(reply.raw, answer, id)
  }

  return {
    handle(route, request, reply) {
      const startedAt = tick()
      const visit = visitOf(request)
      const finish = (answer: Answer): void => {
        send(answer, request, reply)
        metrics.onRequest(route.operationId, answer.status, (tick() - startedAt) / 1000)
      }
      const fail = (error: unknown): void => finish(errorAnswer(error, { face: route.face, visit, log }))
      try {
        const answer = isStopping() ? refused() : enter(route, request, visit, callers, limiter)
        if (answer instanceof Promise) answer.then(finish).catch(fail)
        else finish(answer)
      } catch (error) {
        fail(error)
      }
    },

    refuse(error, request, reply) {
      const face: ErrorFace = request.raw.url?.startsWith('/uni-open-bridge/') ? 'uni' : 'problem'
      const answer = errorAnswer(error, { face, visit: visitOf(request), log })
      send(answer, request, reply)
      metrics.onRequest('none', answer.status, 0)
    },
  }
}

function enter(
  route: Route,
  request: FastifyRequest,
  visit: Visit,
  callers: Callers,
  limiter: RateLimiter,
): MaybePromise<Answer> {
  const body = request.body instanceof Uint8Array && request.body.length > 0 ? request.body : undefined
  const identify = (): MaybePromise<Caller> => callers.identify(callerRequest(request, body, visit))
  if (route.access === 'public') return route.run(identify, visit)
  return andThen(identify(), (caller) => {
    limiter.take(caller.id)
    if (caller.covers === 'fields' && !route.acceptsFieldSignature) throw unbound(route)
    const { params, query, headers } = request
    return route.run(caller, { params, query, headers, body }, visit)
  })
}

function callerRequest(request: FastifyRequest, body: Uint8Array | undefined, visit: Visit): CallerRequest {
  return {
    method: request.method,
    target: request.raw.url ?? '',
    headers: request.headers,
    body,
    address: visit.address,
    origin: () => ({ scheme: request.protocol, authority: request.host }),
  }
}

function unbound(route: CallerRoute): DrawbridgeError {
  return new DrawbridgeError('SIGNATURE_INVALID', {
    component: S2S_BINDING_HEADER,
    operation: route.operationId,
    reason:
      'a plain uni-cloud-s2s signature covers neither path nor value; add the binding header, or use a bearer token',
  })
}

function refused(): never {
  throw new DrawbridgeError('SERVER_STOPPING')
}
