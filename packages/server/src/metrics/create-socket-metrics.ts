import { Counter, Gauge } from 'prom-client'
import type { Registry } from 'prom-client'
import type { GatewayEvent } from '../gateway/gateway-event.ts'
import { boundedLabel } from './bounded-label.ts'

/** Backends may close with codes of their own. */
const CODES_MAX = 40

/** Measures the gateway's sockets. Labels: spaces and routes are as many as are configured. */
export function createSocketMetrics(registers: Registry[]): (event: GatewayEvent) => void {
  const open = new Gauge({
    name: 'drawbridge_gateway_sockets',
    help: 'Sockets that are open to backends',
    labelNames: ['space', 'route'] as const,
    registers,
  })
  const ended = new Counter({
    name: 'drawbridge_gateway_sockets_ended_total',
    help: 'Sockets that ended, by who ended them and with which code of WebSocket',
    labelNames: ['space', 'route', 'by', 'code'] as const,
    registers,
  })
  const codeLabel = boundedLabel(CODES_MAX)

  return (event) => {
    const { spaceId: space, route = 'none' } = event
    if (event.type === 'gateway-socket-opened') open.inc({ space, route })
    else if (event.type === 'gateway-socket-ended') {
      open.dec({ space, route })
      ended.inc({ space, route, by: event.by, code: codeLabel(String(event.closeCode)) })
    }
  }
}
