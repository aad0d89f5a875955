import { SECURE_NETWORK_SUBJECT } from '@drawbridge/protocol'
import { UniCloudError } from './uni-cloud-error.ts'

/** What ends a call in the client itself, by the names of the protocol's table. */
export type ClientCode =
  | 'CLIENT_PARAMETERS_MISSING'
  | 'CLIENT_NOT_CONFIGURED'
  | 'SEALING_FAILED'
  | 'RESPONSE_REJECTED'
  | 'CLIENT_SYSTEM_ERROR'
  | 'CLIENT_NOT_LISTED'
  | 'USER_KEY_UNAVAILABLE'
  | 'USER_OPENID_MISSING'

// Their numbers. A bundle holds these, and none of the names.
export const CLIENT_PARAMETERS_MISSING = 10002
export const CLIENT_NOT_CONFIGURED = 10003
export const SEALING_FAILED = 10009
export const RESPONSE_REJECTED = 10010
export const CLIENT_SYSTEM_ERROR = 20000
export const CLIENT_NOT_LISTED = 20101
export const USER_KEY_UNAVAILABLE = 20102
export const USER_OPENID_MISSING = 70006

/** The sentences that the app gets. */
const sentences = {
  [CLIENT_NOT_CONFIGURED]: 'The client has no appId.',
  [SEALING_FAILED]: 'The call could not be sealed.',
  [RESPONSE_REJECTED]: 'The response is not sealed for this call.',
  [CLIENT_SYSTEM_ERROR]: 'This platform has no user keys.',
  [CLIENT_NOT_LISTED]: 'The rules do not list this client.',
  [USER_KEY_UNAVAILABLE]: 'WeChat gave no user key.',
  [USER_OPENID_MISSING]: 'Call initSecureNetworkByWeixin first.',
} as const

/** An error of the client's own. @param cause what the host said, or the code that an answer without a seal bore */
export function clientError(errCode: keyof typeof sentences, cause?: unknown, requestId?: string): UniCloudError {
  return new UniCloudError({
    errCode,
    errMsg: sentences[errCode],
    errSubject: SECURE_NETWORK_SUBJECT,
    cause,
    requestId,
  })
}

/** 10002 that names the parameter. */
export function parameterError(name: string): UniCloudError {
  const errCode = CLIENT_PARAMETERS_MISSING
  return new UniCloudError({
    errCode,
    errMsg: `Missing or wrong: ${name}.`,
    errSubject: SECURE_NETWORK_SUBJECT,
  })
}
