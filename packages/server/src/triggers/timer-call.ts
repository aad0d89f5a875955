import type { IncomingCall } from '../calls/call-intake.ts'
import type { Space } from '../spaces/space.ts'
import type { TimerDue } from './timer-claims.ts'

/** The call that a timer makes. `facts.timer` says all: the event of a function, or that an object's `_timing` is meant. */
export function timerCall(space: Space, { name, trigger, dueAt }: TimerDue, requestId: string): IncomingCall {
  return {
    space,
    name,
    args: {},
    facts: {
      source: 'timing',
      requestId,
      secretType: 'none',
      clientInfo: {},
      clientIp: '',
      userAgent: '',
      timer: { trigger, dueAt },
    },
  }
}
