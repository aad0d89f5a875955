import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLog } from '../log/create-log.ts'
import type { GatewayEvent } from './gateway-event.ts'
import { logGatewayEvent } from './log-gateway-event.ts'

const about = { requestId: 'r', spaceId: 'shop', route: 'orders', durationMs: 3 }

test('a backend that fails is a warning with a remedy; what a client did wrong is not', () => {
  const lines: string[] = []
  const log = createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } })
  const events: readonly GatewayEvent[] = [
    { ...about, type: 'gateway-forwarded', status: 500 },
    { ...about, type: 'gateway-refused', code: 'GATEWAY_ROUTE_UNKNOWN' },
    { ...about, type: 'gateway-refused', code: 'GATEWAY_UPSTREAM_TIMED_OUT' },
    { ...about, type: 'gateway-broken', code: 'GATEWAY_RESPONSE_TOO_LARGE' },
  ]
  for (const event of events) logGatewayEvent(log, event)
  assert.equal(lines.length, 2)
  const broken = JSON.parse(lines[1] ?? '{}') as Record<string, unknown>
  assert.deepEqual([broken['requestId'], broken['code']], ['r', 'GATEWAY_RESPONSE_TOO_LARGE'])
  const { level, code, route, remedy } = JSON.parse(lines[0] ?? '{}') as Record<string, unknown>
  assert.deepEqual({ level, code, route }, { level: 'warn', code: 'GATEWAY_UPSTREAM_TIMED_OUT', route: 'orders' })
  assert.match(String(remedy), /timeoutMs/)
})
