import type { Answer } from '../http/answer.ts'

/** A reply of the stock client's wire. @param data the value as JSON text. */
export function successAnswer(data: string, requestId: string, headers: Readonly<Record<string, string>> = {}): Answer {
  const body = `{"success":true,"data":${data},"header":{"x-serverless-request-id":${JSON.stringify(requestId)}}}`
  return { status: 200, body, headers: { ...headers, 'request-id': requestId } }
}
