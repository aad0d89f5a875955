import { DrawbridgeError } from '@drawbridge/protocol'
import type { JsonObject } from '../../wire/worker-frame.ts'
import { decodeValue } from './encode-value.ts'
import { encodeChange } from './encode-change.ts'
import { encodeWhere, together } from './encode-where.ts'

/** Asks the server's database; `method` and `params` as its service has them. */
export type AskDatabase = (method: string, params: JsonObject) => Promise<unknown>

/** A document as functions have it: Dates are Dates. */
export type DatabaseDocument = Record<string, unknown>

/** What is looked for in a collection. Each step gives a new query; nothing is asked for before the last one. */
export interface Query {
  /** Conditions: an object, or a command of whole conditions. Called twice both have to be met. */
  where(condition: unknown): Query
  orderBy(field: string, direction?: string): Query
  skip(count: number): Query
  /** At most 1000; more is taken for 1000. */
  limit(count: number): Query
  /** `{name: true}` or `{name: false}`. */
  field(fields: Readonly<Record<string, unknown>>): Query
  /** With `getOne` the first document itself, or null. */
  get(options?: { readonly getOne?: boolean }): Promise<{
    readonly data: DatabaseDocument[] | DatabaseDocument | null
    readonly affectedDocs: number
  }>
  count(): Promise<{ readonly total: number; readonly affectedDocs: number }>
  /** `updated`: the documents that met the conditions. Refused without a condition. */
  update(data: unknown): Promise<{ readonly updated: number; readonly affectedDocs: number }>
  /** Changes one document and gives it; `doc` is null when none met the conditions. */
  updateAndReturn(data: unknown): Promise<{ readonly updated: number; readonly doc: unknown }>
  /** Refused without a condition. */
  remove(): Promise<{ readonly deleted: number; readonly affectedDocs: number }>
}

/** What a query has gathered; conditions are encoded when it is asked, so that mistakes reject. */
export interface QueryParts {
  readonly conditions: readonly unknown[]
  readonly orderBy: readonly { readonly field: string; readonly direction: string }[]
  readonly skip?: number
  readonly limit?: number
  readonly field?: Readonly<Record<string, unknown>>
}

const LIMIT_MOST = 1_000

/** A query of one collection. What it refuses rejects with `DOCUMENT_QUERY_INVALID`, `DOCUMENT_INVALID` or `UNICLOUD_ARGUMENT_INVALID`. */
export function createQuery(
  ask: AskDatabase,
  collection: string,
  parts: QueryParts = { conditions: [], orderBy: [] },
): Query {
  const more = (next: Partial<QueryParts>): Query => createQuery(ask, collection, { ...parts, ...next })
  return {
    where: (condition) => more({ conditions: [...parts.conditions, condition] }),
    orderBy: (field, direction = 'asc') =>
      more({ orderBy: [...parts.orderBy, { field, direction: direction.toLowerCase() }] }),
    skip: (skip) => more({ skip }),
    limit: (limit) => more({ limit: Math.min(limit, LIMIT_MOST) }),
    field: (field) => more({ field }),

    async get({ getOne = false } = {}) {
      const { skip, limit, field } = parts
      const documents = documentsOf(
        await ask('find', {
          ...filter(),
          ...(parts.orderBy.length > 0 && { orderBy: parts.orderBy }),
          ...(skip !== undefined && { skip }),
          ...(getOne ? { limit: 1 } : limit !== undefined && { limit }),
          ...(field !== undefined && { field: fieldsOf(field) }),
        }),
      )
      return { data: getOne ? (documents[0] ?? null) : documents, affectedDocs: documents.length }
    },

    async count() {
      const total = Number(await ask('count', filter()))
      return { total, affectedDocs: total }
    },

    async update(data) {
      const updated = Number(await ask('update', { ...condition(), ...limited(), change: encodeChange(data) }))
      return { updated, affectedDocs: updated }
    },

    async updateAndReturn(data) {
      const answer = await ask('updateAndReturn', { ...condition(), change: encodeChange(data) })
      const { updated, doc } = decodeValue(answer) as { readonly updated: number; readonly doc: unknown }
      return { updated, doc }
    },

    async remove() {
      const deleted = Number(await ask('remove', { ...condition(), ...limited() }))
      return { deleted, affectedDocs: deleted }
    },
  }

  function filter(): JsonObject {
    return parts.conditions.length === 0
      ? { collection }
      : { collection, where: together(parts.conditions.map(encodeWhere)) }
  }

  /** A condition that says nothing must not change a whole collection. */
  function condition(): JsonObject {
    const { where } = filter()
    if (typeof where !== 'object' || where === null || Object.keys(where).length === 0)
      throw new DrawbridgeError('DOCUMENT_QUERY_INVALID', { field: 'where', reason: 'no condition' })
    return { collection, where }
  }

  function limited(): JsonObject {
    return parts.limit === undefined ? {} : { limit: parts.limit }
  }
}

/** The documents of an answer. */
export function documentsOf(answer: unknown): DatabaseDocument[] {
  const decoded = decodeValue(answer)
  return Array.isArray(decoded) ? (decoded as DatabaseDocument[]) : []
}

function fieldsOf(field: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(
    Object.entries(field).map(([name, choice]) => {
      if (typeof choice === 'object' || typeof choice === 'string')
        throw new DrawbridgeError('UNICLOUD_NOT_SUPPORTED', {
          what: 'field with expressions',
          instead: 'true or false',
        })
      return [name, Boolean(choice)]
    }),
  )
}
