import type { ClientCall } from './client-call.ts'
import type { Host } from '../host.ts'
import { headerValue } from './header-value.ts'
import type { Posted } from './posted.ts'
import { throwHostError } from '../uni-cloud-error.ts'

/** Posts a body of one of the two content types. Large calls in chunks have a path of their own. */
export type Post = (
  body: Uint8Array | string,
  contentType: string,
  call: Pick<ClientCall, 'timeoutMs' | 'isLarge'>,
) => Promise<Posted>

/** @param endpoint the server's address, without a slash at its end */
export function createPost(host: Host, endpoint: string, spaceId: string): Post {
  return async (body, contentType, { timeoutMs, isLarge }) => {
    const url = `${endpoint}/v1/${isLarge ? 'stream' : 'call'}`
    const header = { 'content-type': contentType, 'x-drawbridge-space': spaceId }
    const answer = await host.request({ url, header, body, timeoutMs }).catch(throwHostError)
    return { status: answer.status, body: answer.body, requestId: headerValue(answer.header, 'x-request-id') }
  }
}
