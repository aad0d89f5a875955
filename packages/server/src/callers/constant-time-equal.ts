import { hash, timingSafeEqual } from 'node:crypto'

/** Whether two secrets are the same text; the time taken tells neither their length nor where they differ. */
export function constantTimeEqual(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'))
}
