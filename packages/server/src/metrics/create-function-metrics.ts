import { Counter, Gauge, Histogram } from 'prom-client'
import type { Registry } from 'prom-client'
import type { HostEvent } from '../functions/host-event.ts'
import type { IdentityEvent } from '../identity/identity-event.ts'
import { boundedLabel } from './bounded-label.ts'

const FUNCTIONS_MAX = 200

/** Measures functions and logins. Labels: a space's functions are as many as its folders, and bounded besides. */
export function createFunctionMetrics(
  registers: Registry[],
  buckets: number[],
): (event: HostEvent | IdentityEvent) => void {
  const calls = new Counter({
    name: 'drawbridge_function_calls_total',
    help: 'Calls of functions by how they ended: OK, or the code of the error',
    labelNames: ['space', 'function', 'source', 'code'] as const,
    registers,
  })
  const seconds = new Histogram({
    name: 'drawbridge_function_seconds',
    help: 'How long functions ran, from the moment when a worker had the call',
    labelNames: ['space', 'function'] as const,
    buckets,
    registers,
  })
  const waits = new Histogram({
    name: 'drawbridge_function_wait_seconds',
    help: 'How long calls waited for a worker',
    labelNames: ['space'] as const,
    buckets,
    registers,
  })
  const workers = new Gauge({
    name: 'drawbridge_function_workers',
    help: 'Worker processes that run',
    labelNames: ['space'] as const,
    registers,
  })
  const ended = new Counter({
    name: 'drawbridge_function_workers_ended_total',
    help: 'Worker processes that ended, and why',
    labelNames: ['space', 'why'] as const,
    registers,
  })
  const logins = new Counter({
    name: 'drawbridge_logins_total',
    help: 'Logins, registrations and handshakes by what came of them',
    labelNames: ['space', 'platform', 'type', 'outcome'] as const,
    registers,
  })
  const functionLabel = boundedLabel(FUNCTIONS_MAX)

  return (event) => {
    if (event.type === 'call-ended') {
      const { spaceId: space, source, code } = event
      const name = functionLabel(event.name)
      calls.inc({ space, function: name, source, code })
      seconds.observe({ space, function: name }, event.durationMs / 1000)
      waits.observe({ space }, event.waitedMs / 1000)
    } else if (event.type === 'worker-started') {
      workers.inc({ space: event.spaceId })
    } else if (event.type === 'worker-ended') {
      if (event.pid !== undefined) workers.dec({ space: event.spaceId })
      ended.inc({ space: event.spaceId, why: event.why })
    } else if (event.type === 'login' || event.type === 'register' || event.type === 'handshake') {
      const { spaceId: space, platform, type, outcome } = event
      logins.inc({ space, platform, type, outcome })
    }
  }
}
