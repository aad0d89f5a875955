import { createHash } from 'node:crypto'
import type { ReplayGuard, ReplayOutcome } from '../replay/replay-guard.ts'

/** A ciphertext that was opened, and the call that it came with. */
export interface OneTimeMark {
  /** `wxAppId:openid`. */
  readonly subject: string
  readonly keyVersion: number
  /** base64, as it was opened. */
  readonly ciphertext: string
  /** Whether it is what the call carries, or stands beside it. */
  readonly use: 'content' | 'signature'
  /** What the call is for and with what: never the same one twice. */
  readonly call: string
  readonly address: string
  /** When it was made by the sender's clock, ms since epoch. */
  readonly ts: number
}

/** Lets each ciphertext serve once. */
export interface OneTime {
  take(mark: OneTimeMark): Promise<ReplayOutcome>
}

/** The client's own calls of one moment come this close together; who has listened has to be as quick, and at the same address. */
const TOGETHER_MS = 1_000
const TOGETHER_MAX = 8
const REMEMBERED_MAX = 10_000

/**
 * One use for each ciphertext, by the hash of its bytes; with one exception, without which the stock client breaks:
 * its key and iv are fixed and its only nonce is the millisecond, so that calls it makes at once carry the same
 * signature, and the same content where they carry the same data. Such a one may serve up to eight different calls
 * within a second, from one address and at one replica; the same call never again.
 *
 * @param elapsed monotonic ms
 */
export function createOneTime({
  replay,
  elapsed,
}: {
  readonly replay: ReplayGuard
  readonly elapsed: () => number
}): OneTime {
  const firsts = new Map<string, { readonly at: number; readonly address: string; readonly calls: Set<string> }>()

  const remember = (name: string, address: string, call: string): void => {
    const at = elapsed()
    for (const [oldest, first] of firsts) {
      if (firsts.size < REMEMBERED_MAX && at - first.at < TOGETHER_MS) break
      firsts.delete(oldest)
    }
    firsts.set(name, { at, address, calls: new Set([call]) })
  }

  const isTogether = (name: string, address: string, call: string): boolean => {
    const first = firsts.get(name)
    if (!first || first.address !== address || elapsed() - first.at >= TOGETHER_MS) return false
    if (first.calls.has(call) || first.calls.size >= TOGETHER_MAX) return false
    first.calls.add(call)
    return true
  }

  return {
    async take({ subject, keyVersion, ciphertext, use, call, address, ts }) {
      const rid = createHash('sha256').update(ciphertext, 'base64').digest()
      const keyId = Buffer.alloc(4)
      keyId.writeUInt32BE(keyVersion)
      const taken = await replay.take({ subject, keyId, rid, ts })
      const name = `${use} ${keyVersion} ${rid.toString('base64')} ${subject}`
      const called = createHash('sha256').update(call).digest('base64')
      if (taken === 'fresh') remember(name, address, called)
      return taken === 'seen' && isTogether(name, address, called) ? 'fresh' : taken
    },
  }
}
