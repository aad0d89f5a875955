import { DrawbridgeError, base64urlEncode, meetsSecretType } from '@drawbridge/protocol'
import type { FileContentKey, SuiteNumber } from '@drawbridge/protocol'
import type { CallFacts, Json, JsonObject } from '@drawbridge/runtime'
import Type from 'typebox'
import type { Static, TSchema } from 'typebox'
import type { NativeMethod, NativeObject } from '../functions/native-object.ts'
import type { ClientProof } from '../secure-network/client-proof.ts'
import type { Space } from '../spaces/space.ts'
import type { FileCall } from '../unicloud/file-methods.ts'
import { FILES_A_CALL_MAX } from './client-files.ts'
import type { ClientFiles } from './client-files.ts'
import type { Files } from './create-files.ts'
import type { PublicOrigin } from './public-origin.ts'
import { readParams } from './read-params.ts'

/** Under which name rules and clients know the files of a space. */
export const FILES_OBJECT = 'drawbridge-files'

const strict = { additionalProperties: false } as const
const fileId = Type.String({ minLength: 1, maxLength: 2048 })
const fileList = <Item extends TSchema>(item: Item) =>
  Type.Object({ fileList: Type.Array(item, { minItems: 1, maxItems: FILES_A_CALL_MAX }) }, strict)

const uploadSchema = Type.Object(
  {
    cloudPath: Type.String({ minLength: 1, maxLength: 2048 }),
    // A path is a label in either case: no file ever takes another one's place.
    cloudPathAsRealPath: Type.Optional(Type.Boolean()),
    type: Type.Optional(Type.String({ maxLength: 128 })),
    secret: Type.Optional(Type.Boolean()),
  },
  strict,
)
const downloadSchema = Type.Object({ fileID: fileId, secret: Type.Optional(Type.Boolean()) }, strict)
const urlsSchema = fileList(
  Type.Union([fileId, Type.Object({ fileID: fileId, maxAge: Type.Optional(Type.Integer({ minimum: 1 })) }, strict)]),
)
const deleteSchema = fileList(fileId)

/** A call of the object: with what it has proved, where it came in an envelope. */
interface ObjectCall {
  readonly space: Space
  readonly facts: CallFacts
  readonly proof?: ClientProof | undefined
  readonly origin?: (() => PublicOrigin) | undefined
}

/** What the object is made of. */
export interface FilesObjectDeps {
  readonly files: Files
  readonly client: ClientFiles
  /** Where clients reach this server that came by no address that is known. */
  readonly ownOrigin: () => PublicOrigin
}

/**
 * The cloud object `drawbridge-files`, for clients: `prepareUpload`, `prepareDownload`, `getTempFileURL`, `deleteFile`,
 * each with one object. With `secret` the content itself travels sealed, by a key that the answer brings: so the answer
 * has to be sealed too, or it is refused with `ENVELOPE_REQUIRED`. Throws the `FILE_` codes, `REQUEST_INVALID`,
 * `RATE_LIMITED`.
 */
export function createFilesObject({ files, client, ownOrigin }: FilesObjectDeps): NativeObject {
  const method =
    <Schema extends TSchema>(
      schema: Schema,
      run: (call: FileCall, params: Static<Schema>, proof: ClientProof | undefined) => Promise<Json>,
    ): NativeMethod =>
    async ({ space, facts, proof, origin = ownOrigin }: ObjectCall, [params]) => {
      // Functions have files of their own.
      if (facts.source !== 'client') throw new DrawbridgeError('FUNCTION_NOT_FOUND', { name: FILES_OBJECT })
      return run({ space, facts, origin: origin() }, readParams(schema, params), proof)
    }

  return {
    name: FILES_OBJECT,
    methods: {
      prepareUpload: method(uploadSchema, async (call, { cloudPath, type, secret }, proof) => {
        const suite = suiteFor('request', secret, proof)
        const wants = { ...(type !== undefined && { type }), ...(suite !== undefined && { suite }) }
        const ticket = client.offer(call, cloudPath, wants)
        const { fileId: fileID, ...form } = client.formOf(call, ticket)
        return { ...form, fileID, ...contentOf(files.uploadKey(ticket)) }
      }),

      prepareDownload: method(downloadSchema, async (call, { fileID, secret }, proof) => {
        const { url, key } = await client.prepareRead(call, fileID, suiteFor('response', secret, proof))
        return { url, ...contentOf(key) }
      }),

      getTempFileURL: method(urlsSchema, async (call, { fileList: asked }) => {
        const urlOf = async (each: (typeof asked)[number]): Promise<JsonObject> => {
          const { fileID, maxAge } = typeof each === 'string' ? { fileID: each } : { maxAge: undefined, ...each }
          return { fileID, tempFileURL: (await client.urlOf(call, fileID, maxAge)) ?? '' }
        }
        return { fileList: await Promise.all(asked.map(urlOf)) }
      }),

      deleteFile: method(deleteSchema, (call, { fileList: asked }) => client.removeAll(call, asked)),
    },
  }
}

/**
 * What a content of this direction is sealed with. A call that hides its own direction hides the content too: so a
 * rule's `secretType` is one for contents as well.
 */
function suiteFor(
  direction: 'request' | 'response',
  isSecret = false,
  proof: ClientProof | undefined,
): SuiteNumber | undefined {
  if (isSecret) return demandSuite(proof)
  if (proof?.how === 'envelope' && meetsSecretType(proof.secretType, direction))
    throw new DrawbridgeError('REQUEST_INVALID', { field: 'secret', reason: `the call hides its ${direction}` })
  return undefined
}

/** The suite of the call's envelope, if its answer hides what it says. */
function demandSuite(proof: ClientProof | undefined): SuiteNumber {
  const isHidden = proof?.how === 'envelope' && meetsSecretType(proof.secretType, 'response')
  if (!isHidden || proof.suite === undefined)
    throw new DrawbridgeError('ENVELOPE_REQUIRED', { reason: 'the key of a content travels in sealed answers only' })
  return proof.suite
}

function contentOf(key: FileContentKey | undefined): { readonly content?: JsonObject } {
  return key ? { content: { suite: key.suite, key: base64urlEncode(key.contentKey) } } : {}
}
