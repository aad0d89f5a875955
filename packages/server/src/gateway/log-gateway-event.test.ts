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
    { ...about, type: 'gateway-refused', code: 'GATEWAY_SOCKET_DECLINED', status: 403 },
  ]
  for (const event of events) logGatewayEvent(log, event)
  assert.equal(lines.length, 3)
  assert.equal((JSON.parse(lines[2] ?? '{}') as Record<string, unknown>)['status'], 403)
  const broken = JSON.parse(lines[1] ?? '{}') as Record<string, unknown>
  assert.deepEqual([broken['requestId'], broken['code']], ['r', 'GATEWAY_RESPONSE_TOO_LARGE'])
  const { level, code, route, remedy } = JSON.parse(lines[0] ?? '{}') as Record<string, unknown>
  assert.deepEqual({ level, code, route }, { level: 'warn', code: 'GATEWAY_UPSTREAM_TIMED_OUT', route: 'orders' })
  assert.match(String(remedy), /timeoutMs/)
})

test('a socket that lost its backend is a warning; one that ended otherwise is not', () => {
  const lines: string[] = []
  const log = createLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } })
  const events: readonly GatewayEvent[] = [
    { ...about, type: 'gateway-socket-opened' },
    { ...about, type: 'gateway-socket-ended', closeCode: 4000, by: 'client' },
    { ...about, type: 'gateway-socket-ended', closeCode: 1014, by: 'backend' },
  ]
  for (const event of events) logGatewayEvent(log, event)
  const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  assert.deepEqual(
    told.map((line) => [line['level'], line['event'], line['closeCode'], line['by'], line['durationMs']]),
    [
      ['debug', 'socket opened', undefined, undefined, 3],
      ['debug', 'socket ended', 4000, 'client', 3],
      ['warn', 'socket lost its backend', 1014, 'backend', 3],
    ],
  )
})
