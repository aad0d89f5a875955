import { createHash } from 'node:crypto'

/**
 * The simulator's only source of chance. Every value depends on the seed, a label and how often that label was asked,
 * so two runs with one seed agree even when unrelated calls arrive in another order.
 */
export interface Random {
  readonly seed: string
  /** The next `length` bytes for a label. */
  bytes(label: string, length: number): Buffer
  /** The same bytes for the same label, however often asked. */
  derive(label: string, length: number): Buffer
  /** The next number in [0, 1) for a label. */
  fraction(label: string): number
}

/** Makes the source of chance for one seed. */
export function createRandom(seed: string): Random {
  const asked = new Map<string, number>()

  const derive = (label: string, length: number): Buffer =>
    createHash('shake256', { outputLength: length }).update(`${seed}\n${label}`).digest()

  const bytes = (label: string, length: number): Buffer => {
    const n = asked.get(label) ?? 0
    asked.set(label, n + 1)
    return derive(`${label}\n${n}`, length)
  }

  return { seed, bytes, derive, fraction: (label) => bytes(label, 6).readUIntBE(0, 6) / 2 ** 48 }
}
