/** 2^22. Numbers of 130 bits are six limbs of so many: products and their sums stay below 2^53, and no BigInt is needed. */
const LIMB = 0x400000

/** Poly1305 (RFC 8439) of a whole number of blocks of 16 bytes. @param key 32 bytes, for one text alone */
export function smallPoly1305(key: Uint8Array, text: Uint8Array): Uint8Array {
  const k0 = littleWord(key, 0) & 0x0fffffff
  const k1 = littleWord(key, 4) & 0x0ffffffc
  const k2 = littleWord(key, 8) & 0x0ffffffc
  const k3 = littleWord(key, 12) & 0x0ffffffc
  const r0 = k0 & 0x3fffff
  const r1 = (k0 >>> 22) | ((k1 & 0xfff) << 10)
  const r2 = (k1 >>> 12) | ((k2 & 3) << 20)
  const r3 = (k2 >>> 2) & 0x3fffff
  const r4 = (k2 >>> 24) | ((k3 & 0x3fff) << 8)
  const r5 = k3 >>> 14
  // 2^132 is 20 in this field: what goes over the top limb comes in again so often.
  const s1 = r1 * 20
  const s2 = r2 * 20
  const s3 = r3 * 20
  const s4 = r4 * 20
  const s5 = r5 * 20
  let h0 = 0
  let h1 = 0
  let h2 = 0
  let h3 = 0
  let h4 = 0
  let h5 = 0
  let carry = 0
  for (let at = 0; at < text.length; at += 16) {
    const t0 = littleWord(text, at)
    const t1 = littleWord(text, at + 4)
    const t2 = littleWord(text, at + 8)
    const t3 = littleWord(text, at + 12)
    h0 += t0 & 0x3fffff
    h1 += (t0 >>> 22) | ((t1 & 0xfff) << 10)
    h2 += (t1 >>> 12) | ((t2 & 3) << 20)
    h3 += (t2 >>> 2) & 0x3fffff
    h4 += (t2 >>> 24) | ((t3 & 0x3fff) << 8)
    h5 += (t3 >>> 14) | 0x40000
    const d0 = h0 * r0 + h1 * s5 + h2 * s4 + h3 * s3 + h4 * s2 + h5 * s1
    const d1 = h0 * r1 + h1 * r0 + h2 * s5 + h3 * s4 + h4 * s3 + h5 * s2
    const d2 = h0 * r2 + h1 * r1 + h2 * r0 + h3 * s5 + h4 * s4 + h5 * s3
    const d3 = h0 * r3 + h1 * r2 + h2 * r1 + h3 * r0 + h4 * s5 + h5 * s4
    const d4 = h0 * r4 + h1 * r3 + h2 * r2 + h3 * r1 + h4 * r0 + h5 * s5
    const d5 = h0 * r5 + h1 * r4 + h2 * r3 + h3 * r2 + h4 * r1 + h5 * r0
    carry = (d0 / LIMB) | 0
    h0 = d0 - carry * LIMB
    h1 = d1 + carry
    carry = (h1 / LIMB) | 0
    h1 -= carry * LIMB
    h2 = d2 + carry
    carry = (h2 / LIMB) | 0
    h2 -= carry * LIMB
    h3 = d3 + carry
    carry = (h3 / LIMB) | 0
    h3 -= carry * LIMB
    h4 = d4 + carry
    carry = (h4 / LIMB) | 0
    h4 -= carry * LIMB
    h5 = d5 + carry
    carry = (h5 / LIMB) | 0
    h5 -= carry * LIMB
    h0 += carry * 20
    carry = (h0 / LIMB) | 0
    h0 -= carry * LIMB
    h1 += carry
  }
  return finished([h0, h1, h2, h3, h4, h5], key)
}

/** The number less as many times 2^130 - 5 as are in it, and the key's second half added to its low 128 bits. */
function finished(h: number[], key: Uint8Array): Uint8Array {
  for (let pass = 0; pass < 2; pass++) {
    const over = carried(h)
    h[0] = (h[0] as number) + 5 * over
  }
  // With 5 more a number that is too large reaches 2^130, which then is left out; a mask chooses, and no branch.
  const more = h.slice()
  more[0] = (more[0] as number) + 5
  const over = -carried(more)
  const low = h.map((limb, at) => (limb & ~over) | ((more[at] as number) & over))
  const tag = new Uint8Array(16)
  let bits = 0
  let held = 0
  let carry = 0
  for (let at = 0; at < 16; at++) {
    if (held < 8) {
      bits |= (low.shift() as number) << held
      held += 22
    }
    carry += (bits & 255) + (key[16 + at] as number)
    tag[at] = carry
    carry >>= 8
    bits >>>= 8
    held -= 8
  }
  return tag
}

/** Carries from limb to limb; gives how often 2^130 was in it, which is left out and is as much as 5 in this field. */
function carried(h: number[]): number {
  let carry = 0
  for (let at = 0; at < 6; at++) {
    const sum = (h[at] as number) + carry
    const bits = at === 5 ? 20 : 22
    h[at] = sum & ((1 << bits) - 1)
    carry = sum >> bits
  }
  return carry
}

/** The word of 32 bits at a place, low byte first, signed. */
function littleWord(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  )
}
