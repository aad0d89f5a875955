import {
  createKeySchedule,
  miniProgramSecret,
  openRequest,
  openResponse,
  receiveRequest,
  sealRequest,
  sealResponse,
  toBinary,
  utf8Decode,
  utf8Encode,
} from '@drawbridge/protocol'
import { suite2 } from '@drawbridge/client'

/** What a call of the client does between the app's object and the wire, and what it does with the reply. */
export function createSealing(
  random: (length: number) => Uint8Array,
  data: object,
): { seal(): Uint8Array; open(): unknown } {
  const { primitives, suite } = suite2
  const secret = required(miniProgramSecret(primitives, suite, { encryptKey: random(16), iv: random(16) }))
  const context = {
    ...{ suite, keyKind: 'mp' as const, keyId: Uint8Array.of(0, 0, 0, 10), appId: '__UNI__BENCH' },
    subject: 'wx1111111111111111:oC7hRAu9CBWVBL06-3h7hVfrRE2A',
  }
  const schedule = required(createKeySchedule(primitives, context, { secret }))
  const device = '1700000000000123'
  const clientInfo = { appId: '__UNI__BENCH', deviceId: device, osName: 'ios', uniPlatform: 'mp-weixin' }
  let counter = 0

  const sealed = () => {
    const ts = 1_700_000_000_000 + counter
    const body = utf8Encode(JSON.stringify({ spaceId: 'bench', data, clientInfo }))
    const rid = schedule.requestId(random(16), ++counter, ts, device)
    return required(sealRequest(schedule, { secretType: 'both', ts, rid, device, target: 'f:bench' }, body))
  }

  const request = sealed()
  const received = required(receiveRequest(toBinary(request)))
  const opened = required(openRequest(schedule, received))
  const fields = { ts: 1_700_000_000_000, rnonce: random(16) }
  const reply = toBinary(required(sealResponse(schedule, opened, fields, utf8Encode(JSON.stringify(data)))))

  return {
    seal: () => toBinary(sealed()),
    open: () => JSON.parse(required(utf8Decode(required(openResponse(schedule, request, reply)).body))) as unknown,
  }
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the bench could not be set up')
  return value
}
