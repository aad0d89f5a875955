import type { ClientCall } from './client-call.ts'
import type { Host, HostAnswer } from '../host.ts'
import { hostError } from '../uni-cloud-error.ts'

/** What came back from the server, authentic or not. */
export interface Posted {
  readonly status: number
  readonly body: Uint8Array
  /** What the answer's header calls the request; nobody vouches for it. */
  readonly requestId: string | undefined
}

/** Posts a body of one of the two content types. Large calls in chunks have a path of their own. */
export type Post = (
  body: Uint8Array | string,
  contentType: string,
  call: Pick<ClientCall, 'timeoutMs' | 'isLarge'>,
) => Promise<Posted>

/** @param endpoint the server's address, with or without a slash at its end */
export function createPost(host: Host, endpoint: string, spaceId: string): Post {
  const base = endpoint.replace(/\/+$/, '')
  return async (body, contentType, { timeoutMs, isLarge }) => {
    const url = `${base}/v1/${isLarge ? 'stream' : 'call'}`
    const header = { 'content-type': contentType, 'x-drawbridge-space': spaceId }
    const answer = await host.request({ url, header, body, timeoutMs }).catch((cause: unknown) => {
      throw hostError(cause)
    })
    return { status: answer.status, body: answer.body, requestId: requestIdOf(answer) }
  }
}

function requestIdOf({ header }: HostAnswer): string | undefined {
  const name = Object.keys(header).find((each) => each.toLowerCase() === 'x-request-id')
  return name === undefined ? undefined : String(header[name])
}
