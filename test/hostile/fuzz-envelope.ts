import { parseArgs } from 'node:util'
import {
  createKeySchedule,
  miniProgramSecret,
  openRequest,
  openResponse,
  receiveRequest,
  sealRequest,
  sealRequestStream,
  sealResponse,
  secretTypes,
  toBinary,
  toJson,
} from '@drawbridge/protocol'
import type { KeySchedule, SealedRequest, SuiteNumber } from '@drawbridge/protocol'
import { nodePrimitives } from '@drawbridge/protocol/node'

/** How many mutated messages came to what end. All but the first two are faults. */
export interface FuzzOutcome {
  /** No envelope, or not one within the limits. */
  unread: number
  /** An envelope that does not open. */
  refused: number
  /** Opened though its bytes were changed. */
  opened: number
  /** Something was thrown. */
  threw: number
  /** One message took longer than 100 ms of processor time, and did again. */
  hung: number
}

/** What stops a run: so many messages, or so much time. */
export interface FuzzBounds {
  readonly count: number
  readonly seconds: number
  readonly seed: number
  /** The clock, in ms. */
  readonly now: () => number
}

/** Changes sealed messages at random, and tells what became of each. The same seed makes the same changes. */
export function fuzzEnvelope({ count, seconds, seed, now }: FuzzBounds): FuzzOutcome & { readonly done: number } {
  const outcome: FuzzOutcome = { unread: 0, refused: 0, opened: 0, threw: 0, hung: 0 }
  const random = generator(seed)
  const samples = sampleMessages()
  const end = now() + seconds * 1000
  let done = 0
  for (let turn = 0; done < count; turn++) {
    if (turn % 256 === 0 && now() > end) break
    const sample = samples[random(samples.length)]
    const other = samples[random(samples.length)]
    if (!sample || !other) break
    const wire = random(3) === 0 ? changedJson(sample, other, random) : changedBytes(sample.bytes, other.bytes, random)
    if (wire === undefined) continue
    outcome[resultOf(sample, wire, now)]++
    done++
  }
  return { ...outcome, done }
}

interface Sample {
  readonly bytes: Uint8Array
  readonly json: Readonly<Record<string, unknown>> | undefined
  readonly isRequest: boolean
  readonly schedule: KeySchedule
  readonly request: SealedRequest
}

/** A number from 0 up to, and not with, the limit. */
type Random = (limit: number) => number

const CHUNKS = { chunkBytes: 64 }
/** Bytes that mean something in more than one place. */
const ODD = Uint8Array.of(0, 1, 2, 3, 127, 128, 255)

function resultOf(sample: Sample, wire: unknown, now: () => number): keyof FuzzOutcome {
  const before = now()
  const result = tryOpen(sample, wire)
  if (now() - before < 100) return result
  const again = process.cpuUsage()
  tryOpen(sample, wire)
  return process.cpuUsage(again).user > 100_000 ? 'hung' : result
}

function tryOpen({ isRequest, schedule, request }: Sample, wire: unknown): keyof FuzzOutcome {
  try {
    if (!isRequest) return openResponse(schedule, request, wire, CHUNKS) ? 'opened' : 'refused'
    const received = receiveRequest(wire)
    if (!received) return 'unread'
    return openRequest(schedule, received, CHUNKS) ? 'opened' : 'refused'
  } catch {
    return 'threw'
  }
}

function sampleMessages(): readonly Sample[] {
  return ([1, 2] as const).flatMap((suite) =>
    secretTypes.flatMap((secretType) => {
      const schedule = sampleSchedule(suite)
      const rid = new Uint8Array(16).fill(suite)
      const fields = { secretType, ts: 1_763_690_000_123, rid, device: 'device', target: 'o:object/method' }
      const extensions = [{ type: 2, value: rid }]
      const body = new TextEncoder().encode('{"name":"用户","n":1.5}')
      const request = sealRequest(schedule, { ...fields, extensions }, body)
      const reply = request && sealResponse(schedule, request, { ts: fields.ts, rnonce: rid }, body)
      const stream = sealRequestStream(schedule, fields, CHUNKS)
      const chunks = stream?.sealer.push(new Uint8Array(150))
      const last = stream?.sealer.end()
      if (!request || !reply || !stream || !chunks || !last) return []
      const streamed = Buffer.concat([stream.head, ...chunks, last.bytes])
      const fixed = { schedule, request }
      return [
        { ...fixed, isRequest: true, bytes: toBinary(request), json: { ...toJson(request) } },
        { ...fixed, isRequest: false, bytes: toBinary(reply), json: { ...toJson(reply) } },
        { ...fixed, isRequest: true, bytes: streamed, json: undefined },
      ]
    }),
  )
}

function sampleSchedule(suite: SuiteNumber): KeySchedule {
  const material = { encryptKey: new Uint8Array(16).fill(7), iv: new Uint8Array(16).fill(9) }
  const secret = miniProgramSecret(nodePrimitives, suite, material)
  const context = { suite, keyKind: 'mp', keyId: Uint8Array.of(0, 0, 0, 1), appId: 'app', subject: 'wx:open' } as const
  const schedule = secret && createKeySchedule(nodePrimitives, context, { secret })
  if (!schedule) throw new RangeError(`suite ${suite} is not supported`)
  return schedule
}

/** Some of the ways in which bytes go wrong, one to four of them at once; `undefined` when a whole message came of it. */
function changedBytes(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array | undefined {
  let changed = Uint8Array.from(bytes)
  for (let left = 1 + random(4); left > 0; left--) {
    const at = random(changed.length + 1)
    const until = at + random(24)
    const way = random(7)
    if (way === 0) changed[at] = (changed[at] ?? 0) ^ (1 << random(8))
    else if (way === 1) changed[at] = random(256)
    else if (way === 2) changed = changed.slice(0, at)
    else if (way === 3) changed = Uint8Array.of(...changed.subarray(0, at), ...changed.subarray(until))
    else if (way === 4) changed = Uint8Array.of(...changed.subarray(0, until), ...changed.subarray(at))
    else if (way === 5) changed = Uint8Array.of(...changed.subarray(0, at), ...other.subarray(random(other.length)))
    else changed.set(ODD.subarray(random(7), 7).subarray(0, changed.length - at), Math.min(at, changed.length))
  }
  return [bytes, other].some((each) => Buffer.compare(changed, each) === 0) ? undefined : changed
}

function changedJson(sample: Sample, other: Sample, random: Random): unknown {
  const { json } = sample
  const field = ['usn', 'h', 'c', 'p'][random(4)]
  if (!json || field === undefined) return undefined
  const value = json[field]
  const odd = [undefined, null, 0, 2, '', 'A', '\ud800', {}, [], other.json?.[field]]
  if (typeof value !== 'string' || random(4) === 0) {
    const instead = odd[random(odd.length)]
    return instead === value ? undefined : { ...json, [field]: instead }
  }
  const at = random(value.length + 1)
  const text = value.slice(0, at) + String.fromCharCode(random(160)) + value.slice(at + random(3))
  return text === value ? undefined : { ...json, [field]: text }
}

/** mulberry32: small, good enough to choose among mutations, and the same everywhere. */
function generator(seed: number): Random {
  let state = seed >>> 0
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '1000000' },
      seconds: { type: 'string', default: '120' },
      seed: { type: 'string', default: '1' },
    },
  })
  const [count, seconds, seed] = [Number(values.count), Number(values.seconds), Number(values.seed)]
  const outcome = fuzzEnvelope({ count, seconds, seed, now: () => performance.now() })
  console.log(JSON.stringify(outcome))
  if (outcome.opened + outcome.threw + outcome.hung > 0) process.exitCode = 1
}
