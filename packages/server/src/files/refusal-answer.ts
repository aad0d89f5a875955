import { DrawbridgeError } from '@drawbridge/protocol'
import type { Answer } from '../http/answer.ts'
import type { Visit } from '../http/visit.ts'

/**
 * A refusal that a browser page may read: the door's own lacks the headers for that. What is no refusal but a fault of
 * ours is thrown on, so that the door logs it.
 */
export function refusalAnswer(error: unknown, { requestId }: Visit, headers: Readonly<Record<string, string>>): Answer {
  if (!(error instanceof DrawbridgeError) || (error.status >= 500 && error.code !== 'FILE_QUOTA_EXCEEDED')) throw error
  const { status, code, message, detail } = error
  return { status, body: JSON.stringify({ error: { code, message, detail }, requestId }), headers }
}
