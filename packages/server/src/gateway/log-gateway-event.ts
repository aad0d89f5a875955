import { errorTable } from '@drawbridge/protocol'
import type { Log } from '../log/create-log.ts'
import type { GatewayEvent } from './gateway-event.ts'
import { closeCode } from './socket/close-code.ts'

/** How an event of the gateway reads in the log: what a backend or the operator has to mend is a warning. */
export function logGatewayEvent(log: Log, event: GatewayEvent): void {
  const { type, ...told } = event
  if ('code' in event) {
    const { status, remedyEn, remedyZh } = errorTable[event.code]
    if (type === 'gateway-refused' && status < 500) log.debug('request not forwarded', told)
    else
      log.warn(type === 'gateway-broken' ? 'response broke off' : 'backend failed', {
        ...told,
        remedy: remedyEn,
        remedyZh,
      })
  } else if (event.type === 'gateway-socket-ended') {
    if (event.closeCode === closeCode.backendGone) log.warn('socket lost its backend', told)
    else log.debug('socket ended', told)
  } else log.debug(event.type === 'gateway-forwarded' ? 'request forwarded' : 'socket opened', told)
}
