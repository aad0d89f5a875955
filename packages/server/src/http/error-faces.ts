import { BridgeError } from '@drawbridge/bridge'
import { DrawbridgeError, errorTable } from '@drawbridge/protocol'
import type { ErrorDetail } from '@drawbridge/protocol'
import { gatewayError } from '../unicloud/gateway-error.ts'
import { refusalBody } from '../unicloud/refusal-body.ts'
import { wireError } from '../secure-network/wire-error.ts'
import type { Visit } from './visit.ts'

/** How an error looks to whoever called. */
export type ErrorFace = 'problem' | 'uni' | 'client' | 'call'

/** Makes an error's body. */
interface FaceRow {
  readonly contentType: string
  /** The HTTP status, where it is not the error's own. */
  status?(error: DrawbridgeError | BridgeError): number
  body(error: DrawbridgeError | BridgeError, visit: Pick<Visit, 'requestId' | 'outsideRequestId' | 'address'>): object
}

/** RFC 9457, with our code, number, details and remedy in both languages. */
const problem: FaceRow = {
  contentType: 'application/problem+json; charset=utf-8',
  body(error, { requestId, outsideRequestId }) {
    const known = error instanceof DrawbridgeError ? error : new DrawbridgeError('SYSTEM_ERROR')
    const { en, zh, remedyEn, remedyZh } = errorTable[known.code]
    return {
      type: `urn:drawbridge:error:${known.code}`,
      title: en,
      titleZh: zh,
      status: known.status,
      detail: detailText(known.detail) || en,
      code: known.code,
      number: known.number,
      // RFC 9457 wants `detail` to be a sentence; programs read the same names here.
      details: known.detail,
      remedy: { en: remedyEn, zh: remedyZh },
      requestId,
      ...(outsideRequestId === undefined ? {} : { clientRequestId: outsideRequestId }),
    }
  },
}

/** uni-open-bridge's own answer: these three fields and no more. */
const uni: FaceRow = {
  contentType: 'application/json; charset=utf-8',
  body(error, { address }) {
    if (error instanceof BridgeError) {
      const { cause } = error
      const ownCode = cause instanceof DrawbridgeError ? cause.code : 'CREDENTIAL_VALUE_INVALID'
      return { errCode: error.errCode ?? ownCode, errMsg: error.message, errSubject: error.errSubject }
    }
    const { code, detail, message } = error
    if (isStranger(error)) return { errCode: code, errMsg: `Invalid IP::${address}`, errSubject: 'uni-open-bridge' }
    if (typeof detail['errCode'] === 'number') {
      return { errCode: detail['errCode'], errMsg: String(detail['reason']), errSubject: 'uni-cloud-s2s' }
    }
    const more = detailText(detail)
    return { errCode: code, errMsg: more ? `${message} (${more})` : message, errSubject: 'uni-open-bridge' }
  },
}

/** The stock uniCloud client's. */
const client: FaceRow = {
  contentType: 'application/json; charset=utf-8',
  status: (error) => gatewayError(error).status,
  body: (error, { requestId }) => refusalBody(gatewayError(error), requestId),
}

/** What answers calls at `/v1/call` in clear. */
const call: FaceRow = { contentType: 'application/json; charset=utf-8', body: (error) => wireError(error) }

/** The faces by name. */
export const errorFaces: Readonly<Record<ErrorFace, FaceRow>> = { problem, uni, client, call }

/** Someone who showed no credential and comes from no allowed address: the reference knows one sentence for that. */
function isStranger({ code, detail }: DrawbridgeError): boolean {
  return code === 'ADDRESS_REFUSED' || (code === 'CALLER_UNKNOWN' && detail['reason'] === undefined)
}

function detailText(detail: ErrorDetail): string {
  return Object.entries(detail)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join('; ')
}
