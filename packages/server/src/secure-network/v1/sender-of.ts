import type { IncomingHttpHeaders } from 'node:http'
import type { Visit } from '../../http/visit.ts'
import type { Sender } from '../usn1/call-facts.ts'

const USER_AGENT_MAX_CHARS = 512

/** Where a call came from, by its request: of a socket the one that opened it. */
export function senderOf(
  headers: Pick<IncomingHttpHeaders, 'user-agent'>,
  { requestId, address }: Pick<Visit, 'requestId' | 'address'>,
  origin?: Sender['origin'],
): Sender {
  const userAgent = (headers['user-agent'] ?? '').slice(0, USER_AGENT_MAX_CHARS)
  return { requestId, clientIp: address, userAgent, ...(origin && { origin }) }
}
