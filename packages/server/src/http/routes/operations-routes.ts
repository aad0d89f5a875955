import { Type } from 'typebox'
import type { Bridge } from '@drawbridge/bridge'
import type { Audit } from '../../audit/create-audit.ts'
import { andThen } from '../../callers/and-then.ts'
import type { MaybePromise } from '../../callers/and-then.ts'
import type { Caller } from '../../callers/caller.ts'
import { isLoopback } from '../../callers/loopback.ts'
import { demandSome } from '../../callers/scope.ts'
import type { Metrics } from '../../metrics/create-metrics.ts'
import { json } from '../answer.ts'
import type { Answer } from '../answer.ts'
import type { PublicRoute, RouteDocument } from '../route.ts'
import type { Visit } from '../visit.ts'

/**
 * Health, readiness, metrics and the API's own document.
 *
 * Whether the process lives and is ready is told to everyone, and nothing else is. Which stores answer, and the
 * metrics (they name apps), are for callers with the verb `list`; outside production also for loopback without a
 * credential. In production loopback is no proof: the next reverse proxy on the same machine comes from there too.
 */
export function operationsRoutes({
  bridge,
  audit,
  metrics,
  production,
  isStopping,
  document,
}: {
  readonly bridge: Bridge
  readonly audit: Audit
  readonly metrics: Metrics
  readonly production: boolean
  readonly isStopping: () => boolean
  readonly document: () => object
}): readonly PublicRoute[] {
  const operation = (row: Omit<RouteDocument, 'tag' | 'method'> & Pick<PublicRoute, 'run'>): PublicRoute => ({
    ...row,
    method: 'GET',
    tag: 'operations',
    access: 'public',
    face: 'problem',
  })

  const mayKnow = (identify: () => MaybePromise<Caller>, visit: Visit): MaybePromise<void> => {
    if (!production && isLoopback(visit.address)) return
    return andThen(identify(), (caller) => demandSome(caller, 'list'))
  }

  const readiness = async (isTold: boolean): Promise<Answer> => {
    const tiers = await bridge.health()
    const status = isStopping() ? 'stopping' : statusOf(tiers)
    const isServing = status === 'ready' || status === 'degraded'
    return { ...json(isTold ? { status, tiers } : { status }), status: isServing ? 200 : 503 }
  }

  return [
    operation({
      operationId: 'healthz',
      path: '/healthz',
      summary: 'Whether the process lives',
      answers: { 200: { description: 'It does', schema: Type.Object({ status: Type.Literal('ok') }) } },
      run: () => json({ status: 'ok' }),
    }),
    operation({
      operationId: 'readyz',
      path: '/readyz',
      summary: 'Whether requests should be sent here; callers are told which stores answer',
      answers: {
        200: {
          description: 'Ready; or degraded: a store does not answer, and what needs it is refused',
          schema: Type.Object({
            status: Type.Union([Type.Literal('ready'), Type.Literal('degraded')]),
            tiers: Type.Optional(
              Type.Array(Type.Object({ tier: Type.String(), ok: Type.Boolean(), error: Type.Optional(Type.String()) })),
            ),
          }),
        },
      },
      async run(identify, visit) {
        const isTold = await Promise.resolve()
          .then(() => mayKnow(identify, visit))
          .then(
            () => true,
            () => false,
          )
        return readiness(isTold)
      },
    }),
    operation({
      operationId: 'metrics',
      path: '/metrics',
      summary: 'Measurements for Prometheus; for callers with the verb list',
      answers: { 200: { description: 'Prometheus text', schema: Type.String(), mediaType: 'text/plain' } },
      async run(identify, visit) {
        await mayKnow(identify, visit)
        return {
          status: 200,
          body: await metrics.render({ bridge, audit: audit.state }),
          contentType: metrics.contentType,
        }
      },
    }),
    operation({
      operationId: 'openapi',
      path: '/openapi.json',
      summary: 'This document',
      answers: { 200: { description: 'OpenAPI 3.1', schema: Type.Object({}) } },
      run: () => json(document()),
    }),
  ]
}

/** One tier that answers is enough to serve what it holds; what needs the others is refused meanwhile. */
function statusOf(tiers: Awaited<ReturnType<Bridge['health']>>): 'ready' | 'degraded' | 'unready' {
  if (tiers.every(({ ok }) => ok)) return 'ready'
  return tiers.some(({ ok }) => ok) ? 'degraded' : 'unready'
}
