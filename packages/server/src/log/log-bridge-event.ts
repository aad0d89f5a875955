import { createHash } from 'node:crypto'
import { parseStorageKey } from '@drawbridge/bridge'
import type { BridgeEvent } from '@drawbridge/bridge'
import { errorTable } from '@drawbridge/protocol'
import type { ErrorRow } from '@drawbridge/protocol'
import { explainErrcode } from '../doctor/errcodes.ts'
import { explainTierFault } from '../doctor/explain-tier-fault.ts'
import type { Log, LogFields } from './create-log.ts'

type EventType = BridgeEvent['type']
type Writer<T extends EventType> = (log: Log, event: Extract<BridgeEvent, { type: T }>) => void

/** A clock that is off by less is nobody's concern, ms: answers take their time, and their date has whole seconds. */
const CLOCK_SKEW_WORTH_A_WORD_MS = 5_000

/** Whose credential it is, told apart and not told: the first twelve hex digits of the openid's SHA-256. */
function userOf(storageKey: string): LogFields {
  const openid = parseStorageKey(storageKey)?.openid
  return openid === undefined ? {} : { user: createHash('sha256').update(openid).digest('hex').slice(0, 12) }
}

/** How each event of the bridge reads in the log: what an operator must act on is a warning with reason and remedy. */
const writers: { readonly [T in EventType]: Writer<T> } = {
  read: () => {},

  refresh(log, event) {
    const fields = {
      ...userOf(event.storageKey),
      platform: event.platform,
      appid: event.appid,
      kind: event.kind,
      reason: event.reason,
      outcome: event.outcome,
      durationMs: Math.round(event.durationMs),
    }
    if (event.outcome === 'failed') {
      log.warn('refresh failed', { ...fields, ...event.error, ...remedyOf(event.error?.code, event.error?.errcode) })
    } else if (event.outcome === 'joined') {
      log.debug('refresh joined', fields)
    } else {
      log.info('refresh', { ...fields, expiresAt: event.expiresAt ?? null })
    }
  },

  upstream(log, { path, platform, appid, errcode, status, durationMs }) {
    log.debug('upstream', { path, platform, appid, errcode, status, durationMs: Math.round(durationMs) })
  },

  tier(log, { tier, state, error }) {
    const fault = state === 'up' && error !== undefined ? explainTierFault(error) : undefined
    if (fault) log.warn('store has a fault', { tier, error, remedy: fault.remedyEn, remedyZh: fault.remedyZh })
    else if (state === 'up') log.info('store is back', { tier })
    else log.warn('store is gone', { tier, error, ...remedyOf('STORE_UNAVAILABLE') })
  },

  clock(log, { skewMs, host }) {
    if (Math.abs(skewMs) < CLOCK_SKEW_WORTH_A_WORD_MS) return
    log.warn(host === 'platform' ? 'clock differs from the platform' : 'clock differs from the other replicas', {
      skewMs,
      host,
      remedy: 'Set this machine’s clock (NTP); signatures and lifetimes depend on it.',
      remedyZh: '请校准服务器时钟（NTP），签名与有效期都依赖它。',
    })
  },

  task(log, { task, outcome, error }) {
    if (outcome === 'ok') log.debug('task', { task })
    else log.warn('task failed', { task, error })
  },
}

/** Writes an event of the bridge into the log. */
export function logBridgeEvent(log: Log, event: BridgeEvent): void {
  // The table's row for a type takes exactly that type's events; the compiler cannot follow that through an index.
  const write = writers[event.type] as (log: Log, event: BridgeEvent) => void
  write(log, event)
}

/** What to do: the platform's errcode has a remedy of its own, which says more than our code's. */
function remedyOf(code: string | undefined, errcode?: number): LogFields {
  const explained = errcode === undefined ? undefined : explainErrcode(errcode)
  if (explained) return { remedy: explained.remedyEn, remedyZh: explained.remedyZh }
  const rows: Readonly<Record<string, ErrorRow>> = errorTable
  const row = code === undefined ? undefined : rows[code]
  return row ? { remedy: row.remedyEn, remedyZh: row.remedyZh } : {}
}
