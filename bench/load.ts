import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'

/** One measured stretch of load. */
export interface Load {
  readonly requests: number
  readonly seconds: number
  /** Latencies in ms, sorted. */
  readonly latencies: Float64Array
  /** Answers whose status was not 200. */
  readonly refused: number
}

/** What to send, and how hard. */
export interface LoadOptions {
  readonly port: number
  readonly connections: number
  readonly durationMs: number
  /** The bytes of the next request, head and body. */
  readonly next: () => Buffer
}

const HEAD_END = Buffer.from('\r\n\r\n')
const LENGTH = /\r\ncontent-length: (\d+)/i

/**
 * Keep-alive connections, each with one request under way: the next is sent when the answer is complete. Written on
 * bare sockets so that the generator costs little beside the server that it shares a machine with.
 */
export async function load({ port, connections, durationMs, next }: LoadOptions): Promise<Load> {
  const latencies: number[] = []
  let refused = 0
  const startedAt = performance.now()
  const endsAt = startedAt + durationMs
  await Promise.all(
    Array.from({ length: connections }, () =>
      drive(port, endsAt, next, (ms, status) => {
        latencies.push(ms)
        if (status !== '200') refused += 1
      }),
    ),
  )
  const seconds = (performance.now() - startedAt) / 1000
  return { requests: latencies.length, seconds, latencies: Float64Array.from(latencies).sort(), refused }
}

function drive(
  port: number,
  endsAt: number,
  next: () => Buffer,
  answered: (ms: number, status: string) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, '127.0.0.1')
    socket.setNoDelay(true)
    let pending: Buffer = Buffer.alloc(0)
    let sentAt = 0
    const send = (): void => {
      if (performance.now() >= endsAt) {
        socket.end()
        return
      }
      sentAt = performance.now()
      socket.write(next())
    }
    socket.on('connect', send)
    socket.on('data', (chunk: Buffer) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
      const head = pending.indexOf(HEAD_END)
      if (head === -1) return
      const length = LENGTH.exec(pending.toString('latin1', 0, head))?.[1]
      if (pending.length < head + HEAD_END.length + Number(length ?? 0)) return
      answered(performance.now() - sentAt, pending.toString('latin1', 9, 12))
      pending = Buffer.alloc(0)
      send()
    })
    socket.on('error', reject)
    socket.on('close', () => resolve())
  })
}

/** The value below which the given share of a sorted list lies. */
export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** The middle of a few numbers. */
export function median(values: readonly number[]): number {
  return quantile(Float64Array.from(values).sort(), 0.5)
}
