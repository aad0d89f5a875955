import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { concatBytes, createKeySchedule, miniProgramSecret, sealRequestStream } from '@drawbridge/protocol'
import type { KeySchedule, SentRequest } from '@drawbridge/protocol'
import { nodePrimitives } from '@drawbridge/protocol/node'
import type { SecureWorld } from './secure-call-world.ts'

/** A request in chunks, sealed. */
export interface SealedChunks {
  readonly schedule: KeySchedule
  readonly sent: SentRequest
  readonly bytes: Buffer
}

/** Seals `{query, header, body}` for a target in chunks. */
export async function sealChunks(world: SecureWorld, target: string, data: object): Promise<SealedChunks> {
  const { encryptKey, iv, version } = await world.key()
  const material = { encryptKey: Buffer.from(encryptKey, 'base64'), iv: Buffer.from(iv, 'utf8') }
  const secret = miniProgramSecret(nodePrimitives, 2, material)
  const keyId = Buffer.alloc(4)
  keyId.writeUInt32BE(version)
  const subject = `${world.wxAppid}:${world.phone.openid}`
  const context = { suite: 2, keyKind: 'mp', keyId, appId: world.appId, subject } as const
  const schedule = secret && createKeySchedule(nodePrimitives, context, { secret })
  assert.ok(schedule)
  const fields = { secretType: 'both', ts: Date.now(), rid: randomBytes(16), device: 'device-1', target } as const
  const stream = sealRequestStream(schedule, fields)
  const clientInfo = { appId: world.appId, deviceId: 'device-1', osName: 'android' }
  const inside = JSON.stringify({ spaceId: world.spaceId, data, clientInfo })
  const chunks = stream?.sealer.push(Buffer.from(inside))
  const end = stream?.sealer.end()
  assert.ok(stream && chunks && end)
  const bytes = Buffer.from(concatBytes(stream.head, ...chunks, end.bytes))
  return { schedule, sent: { header: stream.header, tag: end.tag }, bytes }
}
