import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Registry } from 'prom-client'
import type { GatewayEvent } from '../gateway/gateway-event.ts'
import { createSocketMetrics } from './create-socket-metrics.ts'

const about = { requestId: 'request-marker', spaceId: 'shop', route: 'news', durationMs: 5 }

test('sockets are counted while they are open, and by how they ended', async () => {
  const registry = new Registry()
  const onEvent = createSocketMetrics([registry])
  const events: readonly GatewayEvent[] = [
    { ...about, type: 'gateway-socket-opened' },
    { ...about, type: 'gateway-socket-opened' },
    { ...about, type: 'gateway-socket-ended', closeCode: 1000, by: 'client' },
    { ...about, type: 'gateway-forwarded', status: 200 },
    { ...about, type: 'gateway-refused', code: 'GATEWAY_SOCKET_REFUSED' },
  ]
  for (const event of events) onEvent(event)
  const text = await registry.metrics()
  assert.match(text, /^drawbridge_gateway_sockets\{space="shop",route="news"\} 1$/m)
  const labels = 'space="shop",route="news",by="client",code="1000"'
  assert.ok(text.includes(`drawbridge_gateway_sockets_ended_total{${labels}} 1\n`), text)
  assert.ok(!text.includes('marker'))
})

test('a backend with codes of its own does not fill the memory', async () => {
  const registry = new Registry()
  const onEvent = createSocketMetrics([registry])
  for (let closeCode = 3000; closeCode < 4000; closeCode++)
    onEvent({ ...about, type: 'gateway-socket-ended', closeCode, by: 'backend' })
  const lines = (await registry.metrics()).split('\n').filter((line) => line.includes('by="backend"'))
  assert.ok(lines.length <= 41, `${lines.length}`)
  assert.ok(lines.some((line) => line.includes('code="other"')))
})
