/** A growing set of nonces, by their prints (`noncePrint`), that costs eight to thirty-two bytes each and leaves nothing to the garbage collector. */
export interface NonceSet {
  readonly size: number
  has(print: number): boolean
  add(print: number): void
}

const SLOTS_AT_FIRST = 1024

/**
 * Keeps the prints in one array with open addressing. Two nonces share a print once in some
 * thousand million requests even among millions, and then an honest request is refused, never a replay let in. Only the
 * owner of the key could look for such a pair, and would harm himself alone.
 */
export function createNonceSet(): NonceSet {
  let slots = new Float64Array(SLOTS_AT_FIRST)
  let size = 0

  /** The slot of a print: where it is, or where it would be. */
  const find = (print: number): number => {
    const mask = slots.length - 1
    let slot = print & mask
    while (slots[slot] !== 0 && slots[slot] !== print) slot = (slot + 1) & mask
    return slot
  }

  const grow = (): void => {
    const before = slots
    slots = new Float64Array(before.length * 2)
    for (const print of before) if (print !== 0) slots[find(print)] = print
  }

  return {
    get size() {
      return size
    },
    has: (print) => slots[find(print)] !== 0,
    add(print) {
      if (size * 2 >= slots.length) grow()
      const slot = find(print)
      if (slots[slot] === print) return
      slots[slot] = print
      size++
    },
  }
}

/** 53 bits of two mixed hashes (cyrb53, public domain); never 0, which is the empty slot. */
export function noncePrint(text: string): number {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    a = Math.imul(a ^ unit, 2654435761)
    b = Math.imul(b ^ unit, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return 4294967296 * (2097151 & b) + (a >>> 0) || 1
}
