import { DrawbridgeError } from '@drawbridge/protocol'

const unitSeconds: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
])

/** Seconds of `7200`, `120m`, `2h`, `90d`. Throws `DURATION_INVALID`. */
export function parseLifetime(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,9})([smhd]?)$/.exec(text.trim()) ?? []
  const factor = unitSeconds.get(unit)
  if (digits === '' || factor === undefined || Number(digits) === 0) {
    throw new DrawbridgeError('DURATION_INVALID', { field: 'expires-in', expected: '7200 | 120m | 2h | 90d' })
  }
  return Number(digits) * factor
}

/** What is left until a moment, for people: `1h59m`, `3m20s`, `12d`; `-`: never ends, `0s`: over. */
export function formatRemaining(expiresAt: number | null | undefined, now: number): string {
  if (expiresAt === null || expiresAt === undefined) return '-'
  const seconds = Math.max(0, Math.floor((expiresAt - now) / 1000))
  if (seconds >= 172_800) return `${Math.floor(seconds / 86_400)}d`
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)}h${Math.floor((seconds % 3600) / 60)}m`
  return seconds >= 60 ? `${Math.floor(seconds / 60)}m${seconds % 60}s` : `${seconds}s`
}
