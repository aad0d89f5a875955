import type { Host, Weixin } from '../host.ts'
import { webParts } from './web-parts.ts'
import type { WebParts } from './web-parts.ts'

/** A program in Node: tests, scripts, and backends that call functions. */
export interface NodeHostOptions extends Omit<WebParts, 'keep'> {
  readonly now: () => number
  /** uniCloud's `osName`. */
  readonly osName: string
  readonly weixin?: Weixin | undefined
  /** Told of what listeners throw: thrown again, it would end the program. */
  readonly report: (error: unknown) => void
}

/** Its storage lasts as long as the host; a file that comes down is its bytes. */
export function createNodeHost(options: NodeHostOptions): Host {
  const { now, osName, weixin, report } = options
  const kept = new Map<string, string | number>()
  return {
    ...webParts({ ...options, keep: (data) => Promise.resolve({ data }) }),
    platform: weixin ? 'mp-weixin' : 'web',
    now,
    storage: { get: (name) => kept.get(name), set: (name, value) => void kept.set(name, value) },
    info: () => ({ osName }),
    weixin,
    report,
  }
}
