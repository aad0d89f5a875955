import type { SecretType } from '@drawbridge/protocol'
import type { ClientReply, MakeCall } from '../call/client-call.ts'
import { serverError } from '../uni-cloud-error.ts'

/** One call of a method of a cloud object. */
export interface ObjectCall {
  readonly objectName: string
  readonly methodName: string
  readonly params: readonly unknown[]
  readonly secretType?: SecretType | undefined
  readonly timeoutMs?: number | undefined
}

/** Calls a method. Throws `UniCloudError`, also for a result with an errCode, which is its `detail`. */
export async function callObject(
  call: MakeCall,
  { objectName, methodName, params, secretType, timeoutMs }: ObjectCall,
): Promise<ClientReply> {
  const target = `o:${objectName}/${methodName}`
  const data = { method: methodName, params }
  const reply = await call({ name: objectName, target, data, secretType, timeoutMs })
  const { result: detail, requestId } = reply
  const { errCode, errMsg = '', errSubject } = Object(detail) as ObjectFault
  if (errCode) throw serverError({ errCode, errMsg, errSubject, requestId, detail })
  return reply
}

interface ObjectFault {
  readonly errCode?: number | string
  readonly errMsg?: string
  readonly errSubject?: string
}
