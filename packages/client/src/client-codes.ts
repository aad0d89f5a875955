import { UniCloudError } from './uni-cloud-error.ts'

const SUBJECT = 'uni-secure-network'

/** What ends a call in the client itself, by the numbers of the protocol's table, with the sentence that the app gets. */
export const clientCodes = {
  CLIENT_PARAMETERS_MISSING: [10002, 'A parameter is missing or wrong.'],
  CLIENT_NOT_CONFIGURED: [10003, 'The client was given no appId.'],
  SEALING_FAILED: [10009, 'The call could not be encrypted.'],
  RESPONSE_REJECTED: [10010, 'The response is not the sealed answer of this call.'],
  CLIENT_SYSTEM_ERROR: [20000, 'The secure network does not work on this platform.'],
  CLIENT_NOT_LISTED: [20101, 'The rules of this function do not list this client.'],
  USER_KEY_UNAVAILABLE: [20102, "WeChat did not give the user's key."],
  USER_OPENID_MISSING: [70006, 'Call initSecureNetworkByWeixin before the first encrypted call.'],
} as const

/** 10002 that names the parameter. */
export function parameterError(name: string): UniCloudError {
  const [errCode, errMsg] = clientCodes.CLIENT_PARAMETERS_MISSING
  return new UniCloudError({ errCode, errMsg: errMsg.replace('.', `: ${name}.`), errSubject: SUBJECT })
}

/** An error of the client's own. @param cause what the host said, or the code that an answer without a seal bore */
export function clientError(code: keyof typeof clientCodes, cause?: unknown, requestId?: string): UniCloudError {
  const [errCode, errMsg] = clientCodes[code]
  return new UniCloudError({ errCode, errMsg, errSubject: SUBJECT, cause, requestId })
}
