import { errorTable } from '@drawbridge/protocol'
import type { Log } from '../log/create-log.ts'
import type { GatewayEvent } from './gateway-event.ts'

/** How an event of the gateway reads in the log: what a backend or the operator has to mend is a warning. */
export function logGatewayEvent(log: Log, { type, ...event }: GatewayEvent): void {
  if (!('code' in event)) {
    log.debug('request forwarded', event)
    return
  }
  const { status, remedyEn, remedyZh } = errorTable[event.code]
  if (type === 'gateway-refused' && status < 500) log.debug('request not forwarded', event)
  else
    log.warn(type === 'gateway-broken' ? 'response broke off' : 'backend failed', {
      ...event,
      remedy: remedyEn,
      remedyZh,
    })
}
