import { Type } from 'typebox'
import type { Caller } from '../../callers/caller.ts'
import { demand } from '../../callers/scope.ts'
import type { FunctionFacts } from '../../functions/function-facts.ts'
import type { FunctionHost } from '../../functions/function-host.ts'
import type { Space } from '../../spaces/space.ts'
import { parseCron } from '../../triggers/parse-cron.ts'
import { soundTriggers } from '../../triggers/trigger-faults.ts'
import { json } from '../answer.ts'
import { v1Route } from '../route.ts'
import type { CallerRoute } from '../route.ts'
import { numberOf } from './number-of.ts'
import { schemas } from './schemas.ts'

const { moment, noBody, noParams, queryNumber, queryText } = schemas

const LIMIT_MAX = 1000
const LIMIT_USUAL = 100

const functionRow = Type.Object({
  spaceId: Type.String(),
  name: Type.String(),
  kind: Type.Enum(['function', 'object']),
  timeoutSeconds: Type.Number(),
  concurrency: Type.Integer(),
  path: Type.Optional(Type.String({ description: 'Where it is reached over HTTP, below /http/{spaceId}' })),
  triggers: Type.Array(
    Type.Object({
      name: Type.String(),
      cron: Type.String(),
      nextAt: Type.Union([moment('When it is due next'), Type.Null()]),
    }),
  ),
})

const logRow = Type.Object({
  seq: Type.Integer(),
  at: moment('When'),
  spaceId: Type.String(),
  name: Type.String(),
  requestId: Type.String(),
  level: Type.String(),
  text: Type.String(),
  end: Type.Optional(
    Type.Object(
      { code: Type.String(), durationMs: Type.Number(), memoryMb: Type.Number() },
      { description: 'In the entry that ends a call' },
    ),
  ),
})

const faultRow = Type.Object({
  spaceId: Type.String(),
  name: Type.String(),
  file: Type.String(),
  line: Type.Optional(Type.Integer()),
  column: Type.Optional(Type.Integer()),
  message: Type.String(),
})

/** What a project's functions are, what they said, and new code; for callers with the scope `*:*:admin`. */
export function functionRoutes({
  functions,
  spaces,
  now,
}: {
  /** undefined: this server runs none, and every list is empty. */
  readonly functions: FunctionHost | undefined
  readonly spaces: readonly Space[]
  readonly now: () => number
}): readonly CallerRoute[] {
  const startedAt = now()
  const spaceIds = (only: string | undefined): readonly string[] =>
    spaces.map(({ spaceId }) => spaceId).filter((spaceId) => only === undefined || spaceId === only)

  return [
    v1Route({
      operationId: 'listFunctions',
      method: 'GET',
      path: '/v1/functions',
      tag: 'functions',
      summary: 'List the functions of the spaces',
      params: noParams,
      query: Type.Object({ space: queryText('Only this space') }, { additionalProperties: false }),
      body: noBody,
      answers: { 200: { description: 'By space', schema: Type.Object({ items: Type.Array(functionRow) }) } },
      handle({ caller, query }) {
        demandAdmin(caller)
        const items = spaceIds(query.space).flatMap((spaceId) =>
          (functions?.list(spaceId) ?? []).map((facts) => functionAnswer(spaceId, facts, now())),
        )
        return json({ items })
      },
    }),
    v1Route({
      operationId: 'readFunctionLogs',
      method: 'GET',
      path: '/v1/functions/logs',
      tag: 'functions',
      summary: 'Read what functions logged on this replica, oldest first; the last lines unless `after` is given',
      params: noParams,
      query: Type.Object(
        {
          space: queryText('Only this space'),
          name: queryText('Only this function'),
          requestId: queryText('Only this call'),
          after: queryNumber('The `next` of the answer before'),
          limit: queryNumber(`${LIMIT_USUAL} when left out, ${LIMIT_MAX} at most`),
        },
        { additionalProperties: false },
      ),
      body: noBody,
      answers: {
        200: {
          description: 'Lines and ends of calls',
          schema: Type.Object({
            items: Type.Array(logRow),
            next: Type.Integer({ description: 'Send it as `after` to go on' }),
            startedAt: moment('Since when there is a log; another value than before: begin anew, without `after`'),
          }),
        },
      },
      handle({ caller, query }) {
        demandAdmin(caller)
        const limit = Math.min(Math.max(numberOf(query.limit) ?? LIMIT_USUAL, 1), LIMIT_MAX)
        const afterSeq = numberOf(query.after)
        const filter = {
          ...(query.space !== undefined && { spaceId: query.space }),
          ...(query.name !== undefined && { name: query.name }),
          ...(query.requestId !== undefined && { requestId: query.requestId }),
        }
        const items =
          afterSeq === undefined
            ? (functions?.log.read({ ...filter, limit: Number.MAX_SAFE_INTEGER }).slice(-limit) ?? [])
            : (functions?.log.read({ ...filter, afterSeq, limit }) ?? [])
        return json({ items, next: items.at(-1)?.seq ?? afterSeq ?? 0, startedAt })
      },
    }),
    v1Route({
      operationId: 'reloadFunctions',
      method: 'POST',
      path: '/v1/functions/reload',
      tag: 'functions',
      summary: 'Read the functions’ folders again on this replica; what cannot be loaded keeps its old code',
      params: noParams,
      query: Type.Object({ space: queryText('Only this space') }, { additionalProperties: false }),
      body: noBody,
      answers: {
        200: { description: 'What is wrong with the new code', schema: Type.Object({ faults: Type.Array(faultRow) }) },
      },
      async handle({ caller, query }) {
        demandAdmin(caller)
        const faults: object[] = []
        for (const spaceId of spaceIds(query.space))
          for (const fault of (await functions?.reload(spaceId)) ?? []) faults.push({ spaceId, ...fault })
        return json({ faults })
      },
    }),
  ]
}

/** What functions log may hold anything, and new code can do anything: a right over all or none. */
function demandAdmin(caller: Caller): void {
  demand(caller, { appid: '*', dcloudAppid: '*' }, '*', 'admin')
}

function functionAnswer(
  spaceId: string,
  { name, kind, timeoutSeconds, concurrency, path, triggers }: FunctionFacts,
  at: number,
): object {
  const sound = soundTriggers(triggers)
  const timers = sound.map((trigger) => ({ ...trigger, nextAt: parseCron(trigger.cron).next(at) ?? null }))
  return { spaceId, name, kind, timeoutSeconds, concurrency, ...(path !== undefined && { path }), triggers: timers }
}
