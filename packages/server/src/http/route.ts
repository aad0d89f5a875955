import type { HTTPMethods } from 'fastify'
import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { MaybePromise } from '../callers/and-then.ts'
import type { Caller } from '../callers/caller.ts'
import type { Answer } from './answer.ts'
import type { Arrival } from './arrival.ts'
import type { ErrorFace } from './error-faces.ts'
import { readJson, readText } from './read-json.ts'
import { schemaMismatch } from './schema-mismatch.ts'
import type { Visit } from './visit.ts'

/** What the documents say of a route. */
export interface RouteDocument {
  /** Unique; also the route's name in metrics. */
  readonly operationId: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** With OpenAPI's braces: `/v1/apps/{platform}/{app}/access-token`. */
  readonly path: string
  readonly tag: string
  readonly summary: string
  readonly params?: TSchema
  readonly query?: TSchema
  readonly body?: TSchema
  readonly isBodyOptional?: boolean
  /** Answers that are no errors: status, what it means, and its body (undefined: none). */
  readonly answers: Readonly<
    Record<number, { readonly description: string; readonly schema?: TSchema; readonly mediaType?: string }>
  >
}

/** A request's parts, unchecked. */
export interface RawParts {
  readonly params: unknown
  readonly query: unknown
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: Uint8Array | undefined
}

/** A route for callers: it is given who asks, and can be given nothing else in that place. */
export interface CallerRoute extends RouteDocument {
  readonly access: 'caller'
  readonly face: ErrorFace
  /** Whether a plain uni-cloud-s2s signature, which covers fields only, is proof enough. */
  readonly acceptsFieldSignature: boolean
  /** Reads and checks the parts; throws what is wrong with them. What it gives back may be called any number of times. */
  prepare(parts: RawParts): PreparedCall
}

/** A request whose parts have been checked. */
export type PreparedCall = (caller: Caller, visit: Visit) => MaybePromise<Answer>

/** A route for everyone. `identify` finds out who asks, for those that tell callers more. */
export interface PublicRoute extends RouteDocument {
  readonly access: 'public'
  readonly face: ErrorFace
  run(identify: () => MaybePromise<Caller>, visit: Visit): MaybePromise<Answer>
}

/**
 * A route for the clients of a space: the door asks them for nothing, and what they prove is the route's business.
 * Answers errors in its own words; what it throws becomes a problem document.
 */
export interface ClientRoute {
  readonly access: 'client'
  readonly face: ErrorFace
  /** Unique; also the route's name in metrics. */
  readonly operationId: string
  readonly methods: readonly HTTPMethods[]
  /** With the framework's own parameters: `/http/:space/*`. */
  readonly path: string
  readonly bodyMaxBytes: number
  /** Whether the body is left in `arrival.stream` for the route to read, rather than read into `arrival.body`. */
  readonly takesStream?: boolean
  /**
   * Whether it takes WebSockets: their requests have `arrival.upgrade`, and one whose connection was released is
   * answered by status 101, which is not sent.
   */
  readonly takesUpgrade?: boolean
  /** The server stops: ends what requests have left open. */
  stop?(): void
  serve(arrival: Arrival, visit: Visit, params: Readonly<Record<string, string>>): MaybePromise<Answer>
}

/** One row of the route table. */
export type Route = CallerRoute | PublicRoute | ClientRoute

/** A route that the documents describe. */
export type DocumentedRoute = CallerRoute | PublicRoute

/** A route's checked input. */
export interface RouteInput<P, Q, B> {
  readonly caller: Caller
  readonly visit: Visit
  readonly params: P
  readonly query: Q
  readonly body: B
}

/**
 * A row of the /v1 API: path, query and body are held against their schemas before `handle` sees them, so that its
 * types are true. Unknown fields are refused (the schemas say `additionalProperties: false`).
 */
export function v1Route<P extends TSchema, Q extends TSchema, B extends TSchema>(
  row: Omit<RouteDocument, 'params' | 'query' | 'body'> & {
    readonly params: P
    readonly query: Q
    readonly body: B
    readonly handle: (input: RouteInput<Static<P>, Static<Q>, Static<B>>) => MaybePromise<Answer>
  },
): CallerRoute {
  const { handle, ...document } = row
  const params = Compile(row.params)
  const query = Compile(row.query)
  const body = Compile(row.body)
  return {
    ...document,
    access: 'caller',
    face: 'problem',
    acceptsFieldSignature: false,
    prepare(parts) {
      const rawBody = bodyValue(parts.body, row.isBodyOptional ?? false)
      if (!params.Check(parts.params)) throw schemaMismatch('path', params.Errors(parts.params))
      if (!query.Check(parts.query)) throw schemaMismatch('query', query.Errors(parts.query))
      if (!body.Check(rawBody)) throw schemaMismatch('body', body.Errors(rawBody))
      const input = { params: parts.params, query: parts.query, body: rawBody }
      return (caller, visit) => handle({ ...input, caller, visit })
    },
  }
}

/** Undefined for no body, which the schema of a route without a body is the only one to accept. */
function bodyValue(bytes: Uint8Array | undefined, isOptional: boolean): unknown {
  if (bytes !== undefined && bytes.length > 0) return readJson(readText(bytes))
  return isOptional ? {} : undefined
}
