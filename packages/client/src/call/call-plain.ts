import { serverError } from '../uni-cloud-error.ts'
import type { CallBody } from './create-call-bodies.ts'
import type { ClientCall, ClientReply } from './client-call.ts'
import type { Post } from './create-post.ts'
import { readAnswer, textOf } from './read-answer.ts'

/** A call with nothing to prove and nothing to hide. */
export async function callPlain(post: Post, call: ClientCall, body: CallBody): Promise<ClientReply> {
  const sent = JSON.stringify(Object.assign({ target: call.target }, body))
  const posted = await post(sent, 'application/json', { timeoutMs: call.timeoutMs })
  const answer = readAnswer(posted.body)
  const { result, errCode, errMsg, errSubject } = answer
  const { requestId } = posted
  if (posted.status < 400 && 'result' in answer) return { result, requestId }
  throw serverError({
    errCode: typeof errCode === 'number' ? errCode : (textOf(errCode) ?? 'SYS_ERR'),
    errMsg: textOf(errMsg) ?? `request:ok, HTTP status ${posted.status}`,
    errSubject: textOf(errSubject),
    requestId,
  })
}
