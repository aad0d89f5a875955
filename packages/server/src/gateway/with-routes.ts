import type { CallPath } from '../calls/call-path.ts'
import type { Gateway } from './create-gateway.ts'

/** The way of calls into functions, with the gateway's routes as targets beside them. */
export function withRoutes(path: CallPath, gateway: Pick<Gateway, 'answer'>): CallPath {
  return {
    kindOf: (spaceId, name) => path.kindOf(spaceId, name),
    answer: (call) => (call.target.kind === 'route' ? gateway.answer(call) : path.answer(call)),
  }
}
