/** Latencies of one route and status: how many fell into each bucket, and their sum. */
interface Tally {
  readonly counts: Float64Array
  sum: number
  count: number
}

/** A histogram of request latencies that costs an array increment a request; the text is made when it is asked for. */
export interface RequestTally {
  observe(route: string, status: number, seconds: number): void
  /** In Prometheus's text format. */
  render(): string
}

const NAME = 'drawbridge_request_seconds'

/** @param buckets upper bounds in seconds, rising. */
export function createRequestTally(buckets: readonly number[]): RequestTally {
  const routes = new Map<string, Map<number, Tally>>()

  const tallyOf = (route: string, status: number): Tally => {
    const known = routes.get(route)?.get(status)
    if (known) return known
    const tally = { counts: new Float64Array(buckets.length), sum: 0, count: 0 }
    const statuses = routes.get(route) ?? new Map<number, Tally>()
    routes.set(route, statuses.set(status, tally))
    return tally
  }

  return {
    observe(route, status, seconds) {
      const tally = tallyOf(route, status)
      tally.sum += seconds
      tally.count++
      const bucket = buckets.findIndex((bound) => seconds <= bound)
      if (bucket !== -1) tally.counts[bucket] = (tally.counts[bucket] ?? 0) + 1
    },

    render() {
      const lines = [`# HELP ${NAME} Answered requests by route and status`, `# TYPE ${NAME} histogram`]
      for (const [route, statuses] of routes) {
        for (const [status, { counts, sum, count }] of statuses) {
          const labels = `route="${route}",status="${status}"`
          let below = 0
          for (const [i, bound] of buckets.entries()) {
            below += counts[i] ?? 0
            lines.push(`${NAME}_bucket{le="${bound}",${labels}} ${below}`)
          }
          lines.push(`${NAME}_bucket{le="+Inf",${labels}} ${count}`)
          lines.push(`${NAME}_sum{${labels}} ${sum}`, `${NAME}_count{${labels}} ${count}`)
        }
      }
      return `${lines.join('\n')}\n`
    },
  }
}
