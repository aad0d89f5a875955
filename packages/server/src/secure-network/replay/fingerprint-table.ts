/** Slots a table has used at most: beyond, searching takes long and false matches become likely. */
const LOAD_MAX = 0.7

/** A set of 64-bit fingerprints in fixed memory: 8 bytes a slot. Zero is no fingerprint. */
export interface FingerprintTable {
  has(high: number, low: number): boolean
  /** false: the table is full. Give it what it does not have. */
  add(high: number, low: number): boolean
  /** 0 to 1 of what it takes. */
  fill(): number
  clear(): void
}

/** @param slots a power of two */
export function createFingerprintTable(slots: number): FingerprintTable {
  const cells = new Uint32Array(2 * slots)
  const most = Math.floor(slots * LOAD_MAX)
  let used = 0

  /** Where the fingerprint is, or the free slot where it belongs. */
  const find = (high: number, low: number): number => {
    for (let slot = low & (slots - 1); ; slot = (slot + 1) & (slots - 1)) {
      const at = 2 * slot
      if (cells[at] === high && cells[at + 1] === low) return at
      if (cells[at] === 0 && cells[at + 1] === 0) return at
    }
  }

  return {
    has: (high, low) => cells[find(high, low) + 1] === low && cells[find(high, low)] === high && (high | low) !== 0,
    add(high, low) {
      if (used >= most) return false
      const at = find(high, low)
      cells[at] = high
      cells[at + 1] = low
      used += 1
      return true
    },
    fill: () => used / most,
    clear() {
      cells.fill(0)
      used = 0
    },
  }
}
