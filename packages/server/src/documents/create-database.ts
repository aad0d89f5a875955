import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json, JsonObject } from '@drawbridge/runtime'
import { Type } from 'typebox'
import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { AskContext, WorkerService } from '../functions/ask-context.ts'
import { documentLimits } from './document-limits.ts'
import type { DocumentStore } from './document-store.ts'
import { shownField } from './field-path.ts'

/** What a function sent has been read as JSON: an object's values are JSON too. */
const fields = Type.Unsafe<JsonObject>(Type.Record(Type.String(), Type.Unknown()))
const collectionName = Type.String({ minLength: 1, maxLength: 64 })
const id = Type.String({ minLength: 1, maxLength: documentLimits.idChars })
const limit = Type.Optional(Type.Integer({ minimum: 0, maximum: documentLimits.limit }))
const where = Type.Optional(fields)
const strict = { additionalProperties: false }

const methods: Readonly<Record<string, Method>> = Object.freeze(
  Object.assign(Object.create(null) as Record<string, Method>, {
    find: method(
      Type.Object(
        {
          collection: collectionName,
          where,
          orderBy: Type.Optional(
            Type.Array(
              Type.Object(
                { field: Type.String(), direction: Type.Union([Type.Literal('asc'), Type.Literal('desc')]) },
                strict,
              ),
              { maxItems: documentLimits.sortFields },
            ),
          ),
          skip: Type.Optional(Type.Integer({ minimum: 0 })),
          limit,
          field: Type.Optional(Type.Record(Type.String(), Type.Boolean())),
        },
        strict,
      ),
      (store, spaceId, query) => store.find(spaceId, query),
    ),
    count: method(Type.Object({ collection: collectionName, where }, strict), (store, spaceId, query) =>
      store.count(spaceId, query),
    ),
    insert: method(
      Type.Object(
        { collection: collectionName, documents: Type.Array(fields, { maxItems: documentLimits.limit }) },
        strict,
      ),
      (store, spaceId, params) => store.insert(spaceId, params.collection, params.documents),
    ),
    update: method(
      Type.Object({ collection: collectionName, where, limit, change: fields }, strict),
      (store, spaceId, { change, ...query }) => store.update(spaceId, query, change),
    ),
    updateAndReturn: method(
      Type.Object({ collection: collectionName, where, change: fields }, strict),
      updateAndReturn,
    ),
    replace: method(
      Type.Object({ collection: collectionName, id, document: fields }, strict),
      (store, spaceId, params) => store.replace(spaceId, params.collection, params.id, params.document),
    ),
    remove: method(Type.Object({ collection: collectionName, where, limit }, strict), (store, spaceId, query) =>
      store.remove(spaceId, query),
    ),
  } satisfies Record<string, Method>),
)

/**
 * The documents of a space for its functions: find, count, insert, update, updateAndReturn, replace, remove, each with
 * the store's parameters by name. The space is the asking worker's, whatever the parameters say. Throws
 * `METHOD_UNKNOWN`, `DOCUMENT_QUERY_INVALID` for parameters of another shape, and what the store throws.
 */
export function createDatabaseService(store: DocumentStore): WorkerService {
  return async ({ space }: AskContext, name, params) => {
    const run = methods[name]
    if (run === undefined) throw new DrawbridgeError('METHOD_UNKNOWN', { service: 'database' })
    return run(store, space.spaceId, params)
  }
}

/** How often another document is looked for when others changed the one that was found. */
const ROUNDS_MOST = 5

/** Changes the first document that meets the conditions and gives it as it is then. */
async function updateAndReturn(
  store: DocumentStore,
  spaceId: string,
  params: { readonly collection: string; readonly where?: JsonObject; readonly change: JsonObject },
): Promise<Json> {
  const { collection, where = {}, change } = params
  for (let round = 0; round < ROUNDS_MOST; round += 1) {
    const [found] = await store.find(spaceId, { collection, where, limit: 1 })
    if (found === undefined) break
    const one = { collection, where: { _id: found._id } }
    const doc = await store.transaction(async (inner) => {
      const updated = await inner.update(spaceId, { collection, where: { $and: [one.where, where] } }, change)
      return updated === 0 ? undefined : (await inner.find(spaceId, one))[0]
    })
    if (doc !== undefined) return { updated: 1, doc }
  }
  return { updated: 0, doc: null }
}

type Method = (store: DocumentStore, spaceId: string, params: Json) => Promise<Json>

function method<Schema extends TSchema>(
  schema: Schema,
  run: (store: DocumentStore, spaceId: string, params: Static<Schema>) => Promise<Json>,
): Method {
  const validator = Compile(schema)
  return async (store, spaceId, params) => {
    if (!validator.Check(params)) throw mismatch(validator.Errors(params)[0])
    return run(store, spaceId, params)
  }
}

function mismatch(finding: { readonly instancePath: string; readonly message: string } | undefined): DrawbridgeError {
  const field = finding?.instancePath.split('/').slice(1, 4).join('.')
  return new DrawbridgeError('DOCUMENT_QUERY_INVALID', {
    field: shownField(field === undefined || field === '' ? 'params' : field),
    reason: finding?.message ?? 'of another shape',
  })
}
