import type { CallFacts, JsonObject, SecretType } from '@drawbridge/runtime'
import type { Arrival } from '../../http/arrival.ts'
import { readClientInfo } from '../../unicloud/client-info.ts'
import type { ClientProof } from '../client-proof.ts'
import type { SealedBody } from './sealed-body.ts'

/** Where a call came from, as the connection tells. */
export interface Sender {
  readonly requestId: string
  readonly clientIp: string
  readonly userAgent: string
  /** How it reached this server; left out where no answer may name an address. */
  readonly origin?: Arrival['origin']
}

/** The facts of a client's call. Who proved his app, device and platform is told as what he proved. */
export function callFacts(
  { requestId, clientIp, userAgent }: Sender,
  { clientInfo, uniIdToken }: Pick<SealedBody, 'clientInfo' | 'uniIdToken'>,
  proof?: ClientProof,
): CallFacts {
  const secretType: SecretType = proof?.secretType ?? 'none'
  const said = readClientInfo(clientInfo)
  return {
    source: 'client',
    requestId,
    clientIp,
    userAgent,
    secretType,
    clientInfo: proof ? { ...said, ...proven(proof) } : said,
    ...(uniIdToken !== undefined && uniIdToken !== '' && { uniIdToken }),
  }
}

function proven({ appId, deviceId, platform }: ClientProof): JsonObject {
  const uniPlatform = platform.startsWith('mp-') || platform === 'web' ? platform : 'app'
  return { appId, APPID: appId, deviceId, DEVICEID: deviceId, uniPlatform, PLATFORM: uniPlatform }
}
