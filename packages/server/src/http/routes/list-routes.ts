import { Type } from 'typebox'
import type { Bridge, CredentialSummary } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import { allows, demandSome } from '../../callers/scope.ts'
import { json } from '../answer.ts'
import { v1Route } from '../route.ts'
import type { CallerRoute } from '../route.ts'
import { numberOf } from './number-of.ts'
import { schemas } from './schemas.ts'

const { moment, noBody, noParams, queryNumber, queryText } = schemas

const LIMIT_MAX = 500
const LIMIT_USUAL = 100

const error = Type.Object({
  code: Type.String(),
  errcode: Type.Optional(Type.Integer()),
  errmsg: Type.Optional(Type.String()),
})

const summary = Type.Object({
  storageKey: Type.String(),
  platform: Type.String(),
  appid: Type.String(),
  kind: Type.String(),
  openid: Type.Optional(Type.String()),
  version: Type.Optional(Type.Integer()),
  obtainedAt: moment('When it was obtained or pushed'),
  expiresAt: Type.Union([moment('When it ends'), Type.Null()]),
  remainingSeconds: Type.Union([Type.Integer(), Type.Null()], { description: 'Life left; null: it has no end' }),
  source: Type.String(),
  revision: Type.Integer(),
  previousExpiresAt: Type.Optional(moment('Until when the generation before is honoured')),
  lastRefresh: Type.Optional(
    Type.Object(
      {
        by: Type.String({ description: 'The replica that made the last attempt' }),
        at: moment('When'),
        reason: Type.String(),
        outcome: Type.Enum(['ok', 'failed']),
        failures: Type.Integer({ description: 'Failures in a row' }),
        retryAt: moment('No attempt before'),
        error: Type.Optional(error),
      },
      { description: 'Who refreshed it last, when and why' },
    ),
  ),
})

/** What is stored, without values. */
export function listRoutes({
  bridge,
  now,
}: {
  readonly bridge: Bridge
  readonly now: () => number
}): readonly CallerRoute[] {
  return [
    v1Route({
      operationId: 'listCredentials',
      method: 'GET',
      path: '/v1/credentials',
      tag: 'credentials',
      summary: 'List what is stored: everything but the values. Only what the caller’s scopes with the verb list name',
      params: noParams,
      query: Type.Object(
        {
          platform: Type.Optional(Type.Enum(['weixin-mp', 'weixin-h5', 'weixin-web', 'weixin-app', 'qq-mp', 'qq-app'])),
          appid: queryText('Only this app'),
          after: Type.Optional(Type.String({ maxLength: 512, description: 'The `next` of the page before' })),
          limit: queryNumber(`Records a page; ${LIMIT_USUAL} when left out, ${LIMIT_MAX} at most`),
        },
        { additionalProperties: false },
      ),
      body: noBody,
      answers: {
        200: {
          description: 'A page, in key order',
          schema: Type.Object({
            items: Type.Array(summary),
            next: Type.Union([Type.String(), Type.Null()], {
              description: 'Send it as `after` for the next page; null: there is none',
            }),
          }),
        },
      },
      async handle({ caller, query }) {
        demandSome(caller, 'list')
        const limit = numberOf(query.limit) ?? LIMIT_USUAL
        if (limit < 1 || limit > LIMIT_MAX) {
          throw new DrawbridgeError('REQUEST_INVALID', {
            field: 'limit',
            in: 'query',
            reason: `must be 1 to ${LIMIT_MAX}`,
          })
        }
        const isMine = ({ platform, appid, kind }: CredentialSummary): boolean => {
          const dcloudAppid = bridge.apps.byAppid(platform, appid)?.dcloudAppid ?? ''
          return allows(caller.scopes, { appid, dcloudAppid }, kind, 'list')
        }
        const mine: CredentialSummary[] = []
        let after = query.after
        let isLast = false
        // Where the page ends is told by a key of the caller's own: another app's would name its users.
        while (!isLast && mine.length < limit) {
          const page = await bridge.list({
            limit: LIMIT_MAX,
            ...(query.platform === undefined ? {} : { platform: query.platform }),
            ...(query.appid === undefined ? {} : { appid: query.appid }),
            ...(after === undefined ? {} : { after }),
          })
          const visible = page.filter(isMine)
          const cut = keyAt(visible, limit - mine.length)
          mine.push(...(cut === undefined ? visible : visible.filter(({ storageKey }) => storageKey <= cut)))
          isLast = page.length < LIMIT_MAX && (cut === undefined || cut === visible.at(-1)?.storageKey)
          after = page.at(-1)?.storageKey
        }
        const at = now()
        return json({
          items: mine.map((item) => ({ ...item, remainingSeconds: secondsLeft(item.expiresAt, at) })),
          // A record may be listed several times (one for each version of a key), so a page may be longer than its limit.
          next: isLast ? null : (mine.at(-1)?.storageKey ?? null),
        })
      },
    }),
  ]
}

/** The storage key of the last record that a page of so many takes; undefined: the page takes them all. */
function keyAt(items: readonly CredentialSummary[], count: number): string | undefined {
  return items.length <= count ? undefined : items[count - 1]?.storageKey
}

function secondsLeft(expiresAt: number | null, now: number): number | null {
  return expiresAt === null ? null : Math.max(0, Math.floor((expiresAt - now) / 1000))
}
