import { Type } from 'typebox'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { Audit } from '../../audit/create-audit.ts'
import type { Caller } from '../../callers/caller.ts'
import { demand, formatScope, parseScope } from '../../callers/scope.ts'
import type { BearerTokens } from '../../callers/tokens/bearer-tokens.ts'
import type { TokenRecord } from '../../callers/tokens/token-store.ts'
import { json, nothing } from '../answer.ts'
import { v1Route } from '../route.ts'
import type { CallerRoute } from '../route.ts'
import { numberOf } from './number-of.ts'
import { schemas } from './schemas.ts'

const { moment, noBody, noParams, noQuery, queryNumber, queryText } = schemas

const DAY_MS = 86_400_000
const LIMIT_MAX = 500
const LIMIT_USUAL = 100

const token = Type.Object({
  id: Type.String(),
  name: Type.String(),
  scopes: Type.Array(Type.String({ description: 'app:kind:verb' })),
  createdBy: Type.String(),
  createdAt: moment('When it was made'),
  expiresAt: moment('When it ends'),
  lastUsedAt: Type.Union([moment('When it was last used, to the minute'), Type.Null()]),
  revokedAt: Type.Union([moment('When it was revoked'), Type.Null()]),
})

const auditRow = Type.Object({
  id: Type.Integer(),
  at: moment('When'),
  lastAt: moment('When the last of `count` equal reads was'),
  count: Type.Integer({ description: 'Equal reads in the same moment are one row' }),
  caller: Type.String(),
  address: Type.String(),
  verb: Type.String(),
  kind: Type.String(),
  platform: Type.String(),
  appid: Type.String(),
  openid: Type.Optional(Type.String()),
  variant: Type.Optional(Type.String({ description: 'The version of an encrypt key, the type of a ticket' })),
  result: Type.String({ description: '`ok`, `absent`, or an error’s code' }),
  requestId: Type.String(),
})

/** Bearer tokens and the audit trail; for callers with the scope `*:*:admin`. */
export function adminRoutes({
  tokens,
  audit,
  now,
}: {
  readonly tokens: BearerTokens
  readonly audit: Audit
  readonly now: () => number
}): readonly CallerRoute[] {
  return [
    v1Route({
      operationId: 'listTokens',
      method: 'GET',
      path: '/v1/tokens',
      tag: 'administration',
      summary: 'List bearer tokens, without the tokens',
      params: noParams,
      query: noQuery,
      body: noBody,
      answers: { 200: { description: 'Newest first', schema: Type.Object({ items: Type.Array(token) }) } },
      async handle({ caller }) {
        demandAdmin(caller)
        return json({ items: (await tokens.list()).map(tokenAnswer) })
      },
    }),
    v1Route({
      operationId: 'createToken',
      method: 'POST',
      path: '/v1/tokens',
      tag: 'administration',
      summary: 'Make a bearer token; this answer is the only place where it is ever shown',
      params: noParams,
      query: noQuery,
      body: Type.Object(
        {
          name: Type.String({ minLength: 1, maxLength: 64, description: 'Whose it is, for people' }),
          scopes: Type.Array(Type.String({ maxLength: 128 }), {
            minItems: 1,
            maxItems: 64,
            description: 'app:kind:verb each, `*` for every one',
          }),
          expiresInDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650, description: '365 when left out' })),
        },
        { additionalProperties: false },
      ),
      answers: {
        201: { description: 'The token', schema: Type.Object({ token: Type.String(), record: token }) },
      },
      async handle({ caller, body }) {
        demandAdmin(caller)
        const made = await tokens.create({
          name: body.name,
          scopes: body.scopes.map(parseScope),
          expiresAt: now() + (body.expiresInDays ?? 365) * DAY_MS,
          createdBy: caller.id,
        })
        return { ...json({ token: made.token, record: tokenAnswer(made.record) }), status: 201 }
      },
    }),
    v1Route({
      operationId: 'revokeToken',
      method: 'DELETE',
      path: '/v1/tokens/{id}',
      tag: 'administration',
      summary: 'Revoke a bearer token: at once here, within 5 s on other replicas',
      params: Type.Object({ id: Type.String({ pattern: '^[0-9a-f]{1,32}$' }) }, { additionalProperties: false }),
      query: noQuery,
      body: noBody,
      answers: { 204: { description: 'Revoked' } },
      async handle({ caller, params }) {
        demandAdmin(caller)
        if (!(await tokens.revoke(params.id))) throw new DrawbridgeError('TOKEN_UNKNOWN', { id: params.id })
        return nothing
      },
    }),
    v1Route({
      operationId: 'queryAudit',
      method: 'GET',
      path: '/v1/audit',
      tag: 'administration',
      summary: 'Who did what with which credential, newest first',
      params: noParams,
      query: Type.Object(
        {
          caller: queryText('Only this caller, for example token:1a2b3c'),
          appid: queryText('Only this app'),
          kind: Type.Optional(Type.Enum(['access_token', 'user_access_token', 'session_key', 'encrypt_key', 'ticket'])),
          from: queryNumber('Not before this moment, ms since epoch'),
          to: queryNumber('Before this moment, ms since epoch'),
          before: queryNumber('The `next` of the page before'),
          limit: queryNumber(`${LIMIT_USUAL} when left out, ${LIMIT_MAX} at most`),
        },
        { additionalProperties: false },
      ),
      body: noBody,
      answers: {
        200: {
          description: 'A page',
          schema: Type.Object({ items: Type.Array(auditRow), next: Type.Union([Type.Integer(), Type.Null()]) }),
        },
      },
      async handle({ caller, query }) {
        demandAdmin(caller)
        const limit = Math.min(Math.max(numberOf(query.limit) ?? LIMIT_USUAL, 1), LIMIT_MAX)
        const items = await audit.query({
          caller: query.caller,
          appid: query.appid,
          kind: query.kind,
          from: numberOf(query.from),
          to: numberOf(query.to),
          before: numberOf(query.before),
          limit,
        })
        return json({ items, next: items.length === limit ? (items.at(-1)?.id ?? null) : null })
      },
    }),
  ]
}

/** Administration is over everything or not at all: whoever makes tokens can give himself any right. */
function demandAdmin(caller: Caller): void {
  demand(caller, { appid: '*', dcloudAppid: '*' }, '*', 'admin')
}

function tokenAnswer(record: TokenRecord): Omit<TokenRecord, 'scopes'> & { readonly scopes: readonly string[] } {
  return { ...record, scopes: record.scopes.map(formatScope) }
}
