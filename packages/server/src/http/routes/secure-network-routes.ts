import { Type } from 'typebox'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { RuleSet } from '@drawbridge/protocol'
import type { Caller } from '../../callers/caller.ts'
import { demand } from '../../callers/scope.ts'
import { createReport } from '../../config/mistake.ts'
import { placeWithoutText } from '../../config/place.ts'
import type { PolicyState, PolicyStore } from '../../secure-network/policy/create-policy-store.ts'
import { readRules } from '../../secure-network/policy/read-rules.ts'
import type { Verdicts } from '../../secure-network/verdicts/create-verdicts.ts'
import { json } from '../answer.ts'
import { v1Route } from '../route.ts'
import type { CallerRoute } from '../route.ts'
import type { Visit } from '../visit.ts'
import { dryRunAnswer } from './dry-run-answer.ts'
import { numberOf } from './number-of.ts'
import { schemas } from './schemas.ts'

const { moment, noBody, noParams, queryNumber, queryText } = schemas
const strict = { additionalProperties: false } as const

const LIMIT_MAX = 500
const LIMIT_USUAL = 100
const DAYS_USUAL = 7
const DAY_MS = 86_400_000

const mode = Type.Enum(['off', 'monitor', 'enforce'])
const guards = Type.Enum(['all', 'rules'], {
  description: 'Which functions are guarded: all, or those that rules name',
})
/** Checked by the reader of rules, which tells where a mistake is. */
const rules = Type.Unsafe<unknown>(
  Type.Object({}, { description: 'DCloud’s rule file: by function, by several with commas between, or by *' }),
)
const spaceQuery = Type.Object({ space: Type.String({ minLength: 1, maxLength: 64 }) }, strict)

const policyAnswer = Type.Object({
  spaceId: Type.String(),
  origin: Type.Enum(['configuration', 'stored']),
  revision: Type.Integer({ description: 'Send it with a change that must not overwrite another; 0: never changed' }),
  changedAt: Type.Optional(moment('When it was changed')),
  changedBy: Type.Optional(Type.String()),
  mode,
  guards,
  rules,
  effectiveRules: Type.Unsafe<unknown>(
    Type.Object({}, { description: 'The rules together with the policies beside the functions' }),
  ),
})

const verdictAnswer = Type.Object({
  id: Type.Integer(),
  at: moment('When the first of `count` equal calls came'),
  lastAt: moment('When the last of them came'),
  count: Type.Integer(),
  requestId: Type.String(),
  spaceId: Type.String(),
  wire: Type.String(),
  target: Type.String({ description: 'f:name, o:object/method, h:METHOD /path' }),
  functionName: Type.String({ description: 'What rules call the target; h:name for a route of the gateway' }),
  outcome: Type.String({ description: 'refused, or would-refuse in monitor mode' }),
  code: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
  rule: Type.Optional(Type.String({ description: 'The rule that decided, by its key and number' })),
  evidence: Type.Unsafe<unknown>(Type.Object({}, { description: 'What was known of the caller; proven or claimed' })),
  remedy: Type.Optional(Type.Object({ en: Type.String(), zh: Type.String() })),
})

/** Client verification: its policies, what was refused, and what a change would refuse; for the scope `*:*:admin`. */
export function secureNetworkRoutes({
  policies,
  verdicts,
  now,
}: {
  /** undefined: this server has no spaces. */
  readonly policies: PolicyStore | undefined
  readonly verdicts: Verdicts | undefined
  readonly now: () => number
}): readonly CallerRoute[] {
  const store = (): PolicyStore => {
    if (policies) return policies
    throw new DrawbridgeError('SPACE_UNKNOWN')
  }
  return [
    v1Route({
      operationId: 'readPolicy',
      method: 'GET',
      path: '/v1/secure-network/policy',
      tag: 'secure network',
      summary: 'The policy of a space',
      params: noParams,
      query: spaceQuery,
      body: noBody,
      answers: { 200: { description: 'The policy', schema: policyAnswer } },
      handle({ caller, query }) {
        demandAdmin(caller)
        return json(store().show(query.space))
      },
    }),
    v1Route({
      operationId: 'changePolicy',
      method: 'PUT',
      path: '/v1/secure-network/policy',
      tag: 'secure network',
      summary: 'Change mode, guards or rules of a space: at once here, within 2 s on other replicas',
      params: noParams,
      query: spaceQuery,
      body: Type.Object(
        {
          mode: Type.Optional(mode),
          guards: Type.Optional(guards),
          rules: Type.Optional(rules),
          revision: Type.Optional(
            Type.Integer({
              minimum: 0,
              description: 'What the change was decided on; refused when it is another by now',
            }),
          ),
        },
        strict,
      ),
      answers: { 200: { description: 'The policy as it is now', schema: policyAnswer } },
      async handle({ caller, visit, query, body: { revision, rules: given, ...rest } }) {
        demandAdmin(caller)
        const edit = { ...rest, ...(given !== undefined && { rules: demandRules(given) }) }
        return json(await store().change(query.space, edit, actor(caller, visit), revision))
      },
    }),
    v1Route({
      operationId: 'resetPolicy',
      method: 'DELETE',
      path: '/v1/secure-network/policy',
      tag: 'secure network',
      summary: 'Go back to what the configuration says',
      params: noParams,
      query: Type.Object({ ...spaceQuery.properties, revision: queryNumber('As in a change') }, strict),
      body: noBody,
      answers: { 200: { description: 'The policy as it is now', schema: policyAnswer } },
      async handle({ caller, visit, query }) {
        demandAdmin(caller)
        const reset: PolicyState = await store().change(
          query.space,
          'reset',
          actor(caller, visit),
          numberOf(query.revision),
        )
        return json(reset)
      },
    }),
    v1Route({
      operationId: 'listPolicyChanges',
      method: 'GET',
      path: '/v1/secure-network/policy/changes',
      tag: 'secure network',
      summary: 'Who changed the policy of a space, newest first; the last thousand changes are kept',
      params: noParams,
      query: Type.Object(
        { ...spaceQuery.properties, limit: queryNumber(`${LIMIT_USUAL} when left out, ${LIMIT_MAX} at most`) },
        strict,
      ),
      body: noBody,
      answers: {
        200: {
          description: 'The changes',
          schema: Type.Object({
            items: Type.Array(
              Type.Object({
                revision: Type.Integer(),
                at: moment('When'),
                caller: Type.String(),
                address: Type.String(),
                requestId: Type.String(),
                content: Type.Optional(Type.Object({ mode, guards, rules })),
              }),
            ),
          }),
        },
      },
      async handle({ caller, query }) {
        demandAdmin(caller)
        return json({ items: await store().changes(query.space, limitOf(query.limit)) })
      },
    }),
    v1Route({
      operationId: 'queryVerdicts',
      method: 'GET',
      path: '/v1/secure-network/verdicts',
      tag: 'secure network',
      summary: 'Which calls were refused, or would have been, and why; newest first',
      params: noParams,
      query: Type.Object(
        {
          space: queryText('Only this space'),
          function: queryText('Only this function or object'),
          code: queryText('Only this code'),
          app: queryText('Only this app, __UNI__…'),
          outcome: Type.Optional(Type.Enum(['refused', 'would-refuse'])),
          since: queryNumber('Not before this moment, ms since epoch'),
          before: queryNumber('The `next` of the page before'),
          limit: queryNumber(`${LIMIT_USUAL} when left out, ${LIMIT_MAX} at most`),
        },
        strict,
      ),
      body: noBody,
      answers: {
        200: {
          description: 'A page',
          schema: Type.Object({ items: Type.Array(verdictAnswer), next: Type.Union([Type.Integer(), Type.Null()]) }),
        },
      },
      async handle({ caller, query }) {
        demandAdmin(caller)
        const limit = limitOf(query.limit)
        const found = await verdicts?.query({
          spaceId: query.space,
          functionName: query.function,
          code: query.code,
          appId: query.app,
          outcome: query.outcome,
          since: numberOf(query.since),
          before: numberOf(query.before),
          limit,
        })
        const items = found ?? []
        return json({ items, next: items.length === limit ? (items.at(-1)?.id ?? null) : null })
      },
    }),
    v1Route({
      operationId: 'dryRunPolicy',
      method: 'POST',
      path: '/v1/secure-network/dry-run',
      tag: 'secure network',
      summary: 'What rules would have refused of the last days’ calls; nothing is changed',
      params: noParams,
      query: spaceQuery,
      body: Type.Object(
        {
          guards: Type.Optional(guards),
          rules: Type.Optional(rules),
          days: Type.Optional(Type.Integer({ minimum: 1, maximum: 365, description: `${DAYS_USUAL} when left out` })),
        },
        strict,
      ),
      isBodyOptional: true,
      answers: { 200: { description: 'What would happen if they were enforced', schema: dryRunAnswer } },
      async handle({ caller, query, body: { days = DAYS_USUAL, rules: given, ...rest } }) {
        demandAdmin(caller)
        const edit = { ...rest, ...(given !== undefined && { rules: demandRules(given) }) }
        const policy = store().preview(query.space, edit)
        if (!verdicts) throw new DrawbridgeError('SPACE_UNKNOWN')
        return json(await verdicts.dryRun(query.space, now() - days * DAY_MS, policy))
      },
    }),
  ]
}

/** Who may change who may call, may do everything. */
function demandAdmin(caller: Caller): void {
  demand(caller, { appid: '*', dcloudAppid: '*' }, '*', 'admin')
}

function actor({ id }: Caller, { address, requestId }: Visit) {
  return { caller: id, address, requestId }
}

function limitOf(text: string | undefined): number {
  return Math.min(Math.max(numberOf(text) ?? LIMIT_USUAL, 1), LIMIT_MAX)
}

/** The rules of a body; throws `RULES_INVALID` with the first mistake. */
function demandRules(value: unknown): RuleSet {
  const { report, mistakes } = createReport()
  const read = readRules(placeWithoutText('body', ['rules'], value), report)
  if (read) return read
  const errors = mistakes.filter(({ severity }) => severity === 'error')
  const [first] = errors
  throw new DrawbridgeError('RULES_INVALID', {
    mistakes: errors.length,
    ...(first && { path: first.path, reason: first.en, remedy: first.remedyEn }),
  })
}
