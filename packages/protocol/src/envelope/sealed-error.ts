import { readJson } from '../bytes/read-json.ts'
import { utf8Encode } from '../bytes/utf8.ts'

/** An error as it travels, sealed or not: uniCloud's names. */
export interface WireError {
  readonly errCode: number | string
  readonly errSubject: string
  readonly errMsg: string
  /** With 70001: the server's clock in ms, to be adopted from a sealed response only. */
  readonly serverTime?: number
}

/** The subject of this network's own errors. */
export const SECURE_NETWORK_SUBJECT = 'uni-secure-network'

/** The status of every response whose body is an error. */
export const ERROR_STATUS = 1

/** The body of a response with `ERROR_STATUS`. */
export function sealedErrorBody(error: WireError): Uint8Array {
  const { errCode, errSubject, errMsg, serverTime } = error
  return utf8Encode(JSON.stringify({ errCode, errSubject, errMsg, ...(serverTime !== undefined && { serverTime }) }))
}

/** The error in the body of a response whose status is not 0; `undefined` when it is none that can be read. */
export function readSealedError(body: Uint8Array): WireError | undefined {
  const value = readJson(body)
  if (typeof value !== 'object' || value === null) return undefined
  const { errCode, errSubject, errMsg, serverTime } = value as Readonly<Record<string, unknown>>
  if ((typeof errCode !== 'number' && typeof errCode !== 'string') || typeof errMsg !== 'string') return undefined
  const error = { errCode, errSubject: typeof errSubject === 'string' ? errSubject : SECURE_NETWORK_SUBJECT, errMsg }
  return typeof serverTime === 'number' && Number.isSafeInteger(serverTime) ? { ...error, serverTime } : error
}
