/** One request that the simulated platform saw, and what it answered. */
export interface CallRecord {
  /** Counts up from 1. */
  readonly n: number
  /** Milliseconds since the epoch, by the simulator's clock. */
  readonly at: number
  readonly host: string
  readonly method: string
  /** WeChat's own path, without query and without host prefix. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The body as text, cut after 64 KB. */
  readonly body: string
  /** The app that the call was made for; null when the call names none that exists. */
  readonly appid: string | null
  readonly address: string
  /** The HTTP status; 0 when the connection was broken instead. */
  readonly status: number
  /** What the answer's body carried; undefined when it carried none. */
  readonly errcode: number | undefined
  /** The kinds of the failures injected into this call. */
  readonly failures: readonly string[]
}

/** Which calls are meant; an absent field means any. */
export interface CallFilter {
  readonly path?: string | undefined
  readonly appid?: string | undefined
  readonly host?: string | undefined
  readonly errcode?: number | undefined
}

/** How often what was called. `errcode` 0 stands for success, with or without the field. */
export interface CallCount {
  readonly host: string
  readonly path: string
  readonly appid: string | null
  readonly errcode: number
  readonly count: number
}

/** The log of calls: counts of all, records of the latest. */
export interface CallLog {
  record(call: Omit<CallRecord, 'n'>): void
  /** How many calls match, of all since the last clear. */
  count(filter?: CallFilter): number
  counts(): CallCount[]
  /** The newest matching record; undefined when none is left in the log. */
  last(filter?: CallFilter): CallRecord | undefined
  /** Matching records, oldest first, the latest `limit` of them. */
  list(filter?: CallFilter & { readonly limit?: number }): CallRecord[]
  clear(): void
}

const COUNTERS_MAX = 10_000

/** Makes a log that remembers the last `max` records. */
export function createCallLog(max: number): CallLog {
  let counters = new Map<string, CallCount>()
  let ring: CallRecord[] = []
  let total = 0

  const inOrder = (): CallRecord[] =>
    total <= max ? ring : [...ring.slice(total % max), ...ring.slice(0, total % max)]

  const list: CallLog['list'] = ({ limit = max, ...filter } = {}) =>
    inOrder()
      .filter((record) => matches(record, record.errcode ?? 0, filter))
      .slice(-limit)

  return {
    record(call) {
      const record = { ...call, n: total + 1 }
      if (max > 0) ring[total % max] = record
      total += 1
      const errcode = call.errcode ?? 0
      const path = counters.size < COUNTERS_MAX ? call.path : '(other)'
      const key = `${call.host}\n${path}\n${call.appid ?? ''}\n${errcode}`
      const count = (counters.get(key)?.count ?? 0) + 1
      counters.set(key, { host: call.host, path, appid: call.appid, errcode, count })
    },
    count(filter = {}) {
      let sum = 0
      for (const counter of counters.values()) if (matches(counter, counter.errcode, filter)) sum += counter.count
      return sum
    },
    counts: () => [...counters.values()],
    last: (filter = {}) => inOrder().findLast((record) => matches(record, record.errcode ?? 0, filter)),
    list,
    clear() {
      counters = new Map()
      ring = []
      total = 0
    },
  }
}

function matches(
  call: { readonly host: string; readonly path: string; readonly appid: string | null },
  errcode: number,
  filter: CallFilter,
): boolean {
  const path = filter.path === undefined || filter.path.startsWith('/') ? filter.path : `/${filter.path}`
  return (
    (path === undefined || call.path === path) &&
    (filter.appid === undefined || call.appid === filter.appid) &&
    (filter.host === undefined || call.host === filter.host) &&
    (filter.errcode === undefined || errcode === filter.errcode)
  )
}
