import { randomBytes } from 'node:crypto'
import { FILE_HEAD_BYTES, base64urlDecode, concatBytes, openFile, sealFile } from '@drawbridge/protocol'
import type { FileContentKey, SuiteNumber } from '@drawbridge/protocol'
import { nodePrimitives } from '@drawbridge/protocol/node'
import type { CallFacts, Json } from '@drawbridge/runtime'
import type { NativeObject } from '../functions/native-object.ts'
import type { ClientProof } from '../secure-network/client-proof.ts'
import { factsOf, spaceOf } from './file-world-fixture.ts'
import type { FileWorld } from './file-world-fixture.ts'
import type { PublicOrigin } from './public-origin.ts'

/** What `prepareUpload` and `prepareDownload` give. */
export interface Prepared {
  readonly url: string
  readonly fileID: string
  readonly formData: Readonly<Record<string, string>>
  readonly content?: { readonly suite: SuiteNumber; readonly key: string }
}

/** What a call in an envelope has proved. */
export const proof: ClientProof = {
  appId: 'A',
  platform: 'mp-weixin',
  version: 'production',
  deviceId: 'd',
  level: 0,
  secretType: 'both',
  suite: 2,
  fresh: false,
  how: 'envelope',
}

/** Calls a method of `drawbridge-files` as a client with this proof; undefined: without one. */
export async function callFiles(
  { object }: { readonly object: NativeObject },
  method: string,
  params: Json,
  change: {
    readonly proof?: Partial<ClientProof> | undefined
    readonly space?: string
    readonly source?: 'function'
    readonly origin?: () => PublicOrigin
  } = {},
): Promise<Json> {
  const { space = 'shop', source = 'client', origin } = change
  const facts: CallFacts = { ...factsOf(), source }
  const shown = 'proof' in change && !change.proof ? undefined : { ...proof, ...change.proof }
  const call = { space: spaceOf(space), facts, proof: shown, ...(origin && { origin }) }
  return (await object.methods[method]?.(call, [params])) ?? null
}

/** The same for a transfer. */
export async function prepare(
  world: { readonly object: NativeObject },
  method: 'prepareUpload' | 'prepareDownload',
  params: Readonly<Record<string, Json>>,
  change: Parameters<typeof callFiles>[3] = {},
): Promise<Prepared> {
  return (await callFiles(world, method, { secret: true, ...params }, change)) as unknown as Prepared
}

/** The key of a transfer as a client has it. */
export function keyOf({ content }: Pick<Prepared, 'content'>, direction: FileContentKey['direction']): FileContentKey {
  const contentKey = base64urlDecode(content?.key ?? '')
  if (!content || contentKey?.length !== 32) throw new Error('there is no key')
  return { suite: content.suite, contentKey, direction }
}

/** A content as a client seals it. */
export function sealedBytes(prepared: Pick<Prepared, 'content'>, plain: Uint8Array): Buffer {
  const file = sealFile(nodePrimitives, keyOf(prepared, 'upload'), randomBytes(16))
  const chunks = file?.sealer.push(plain)
  const end = file?.sealer.end()
  if (!file || !chunks || !end) throw new Error('not sealed')
  return Buffer.from(concatBytes(file.head, ...chunks, end.bytes))
}

/** A content as a client opens it; undefined: it does not open. */
export function openedBytes(prepared: Pick<Prepared, 'content'>, sealed: Uint8Array): Buffer | undefined {
  const opener = openFile(nodePrimitives, keyOf(prepared, 'download'), sealed.subarray(0, FILE_HEAD_BYTES))
  const bodies = opener?.push(sealed.subarray(FILE_HEAD_BYTES))
  const end = opener?.end()
  return bodies && end && Buffer.from(concatBytes(...bodies, end.body))
}

/** The request of a sealed upload. */
export function sealedRequest({ formData }: Pick<Prepared, 'formData'>, body: Uint8Array<ArrayBuffer>): RequestInit {
  const { policy = '', Signature = '' } = formData
  const headers = {
    'content-type': 'application/vnd.usn1',
    'x-drawbridge-policy': policy,
    'x-drawbridge-signature': Signature,
  }
  return { method: 'POST', headers, body }
}

/** Prepares, seals and sends a content; its fileID. */
export async function storeSealed(world: FileWorld, cloudPath: string, plain: Uint8Array): Promise<string> {
  const prepared = await prepare(world, 'prepareUpload', { cloudPath })
  const answer = await fetch(prepared.url, sealedRequest(prepared, new Uint8Array(sealedBytes(prepared, plain))))
  if (answer.status !== 200) throw new Error(`upload answered ${answer.status}: ${await answer.text()}`)
  return prepared.fileID
}
