import { createHash } from 'node:crypto'
import { SimulatorError } from '../simulator-error.ts'

// sm2p256v1, GB/T 32918.5.
const P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn
const A = P - 3n
const B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n
const N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n
const G: Point = {
  x: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  y: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
}

interface Point {
  readonly x: bigint
  readonly y: bigint
}

/** The public key of a private key, as `04` and both coordinates in hex. */
export function sm2PublicKey(privateKey: Buffer): string {
  const point = multiply(G, number(privateKey) % N)
  if (point === undefined) throw new SimulatorError('CRYPTO_FAILED', 'This is no SM2 private key.')
  return `04${hex(point.x)}${hex(point.y)}`
}

/**
 * Does an SM2withSM3 signature (DER) of a message fit? The user ID goes into the hash: WeChat takes the serial of the
 * key. For looking at what others signed, not for secrets: nothing here runs in constant time.
 */
export function verifySm2(input: {
  readonly publicKeyHex: string
  readonly id: string
  readonly message: string
  readonly signature: Buffer
}): boolean {
  const key = pointOf(input.publicKeyHex)
  const [r, s] = readDer(input.signature)
  if (r < 1n || r >= N || s < 1n || s >= N) return false
  const t = mod(r + s, N)
  const sum = add(multiply(G, s), multiply(key, t))
  if (t === 0n || sum === undefined) return false
  const e = number(sm3(Buffer.concat([identityHash(input.id, key), Buffer.from(input.message, 'utf8')])))
  return mod(e + sum.x, N) === r
}

function identityHash(id: string, key: Point): Buffer {
  const bytes = Buffer.from(id, 'utf8')
  const bits = Buffer.alloc(2)
  bits.writeUInt16BE(bytes.length * 8)
  const curve = Buffer.from([A, B, G.x, G.y, key.x, key.y].map(hex).join(''), 'hex')
  return sm3(Buffer.concat([bits, bytes, curve]))
}

function sm3(bytes: Buffer): Buffer {
  return createHash('sm3').update(bytes).digest()
}

function pointOf(publicKeyHex: string): Point {
  const x = BigInt(`0x${publicKeyHex.slice(2, 66)}`)
  const y = BigInt(`0x${publicKeyHex.slice(66, 130)}`)
  if (publicKeyHex.startsWith('04') && mod(y * y - (x * x * x + A * x + B), P) === 0n) return { x, y }
  throw new SimulatorError('CRYPTO_FAILED', 'This is no point of the SM2 curve.')
}

function readDer(der: Buffer): [bigint, bigint] {
  const rLength = der[3] ?? 0
  const sLength = der[5 + rLength] ?? 0
  const whole = der[0] === 0x30 && der[2] === 0x02 && der[4 + rLength] === 0x02 && der.length === 6 + rLength + sLength
  if (!whole) throw new SimulatorError('CRYPTO_FAILED', 'This is no DER signature.')
  return [number(der.subarray(4, 4 + rLength)), number(der.subarray(6 + rLength))]
}

function multiply(point: Point, times: bigint): Point | undefined {
  let sum: Point | undefined
  let doubled: Point | undefined = point
  for (let left = times; left > 0n; left >>= 1n) {
    if (left & 1n) sum = add(sum, doubled)
    doubled = add(doubled, doubled)
  }
  return sum
}

function add(a: Point | undefined, b: Point | undefined): Point | undefined {
  if (a === undefined) return b
  if (b === undefined) return a
  if (a.x === b.x && mod(a.y + b.y, P) === 0n) return undefined
  const slope = a.x === b.x ? (3n * a.x * a.x + A) * inverse(2n * a.y) : (b.y - a.y) * inverse(b.x - a.x)
  const x = mod(slope * slope - a.x - b.x, P)
  return { x, y: mod(slope * (a.x - x) - a.y, P) }
}

function inverse(value: bigint): bigint {
  let [low, high, a, b] = [mod(value, P), P, 1n, 0n]
  while (low > 1n) {
    const quotient = high / low
    ;[low, high, a, b] = [high % low, low, b - quotient * a, a]
  }
  return mod(a, P)
}

function mod(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus
  return rest < 0n ? rest + modulus : rest
}

function number(bytes: Buffer): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${bytes.toString('hex')}`)
}

function hex(value: bigint): string {
  return value.toString(16).padStart(64, '0')
}
