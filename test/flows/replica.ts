import { subscribe } from 'node:diagnostics_channel'
import type { BridgeEvent, ConnectBridgeOptions, ConnectedBridge, CredentialKey } from '@drawbridge/bridge'
import { connectBridge } from '@drawbridge/bridge'

/** What a replica is opened with; everything in it travels as JSON. */
export interface ReplicaOptions extends Pick<
  ConnectBridgeOptions,
  'apps' | 'schedule' | 'sqlitePath' | 'redisUrl' | 'hosts' | 'upstreamTimeoutMs' | 'replica'
> {
  /** Base64. */
  readonly masterKey: string
  /** A clock of its own, so far from the machine's, ms. Left out: the machine's. */
  readonly clockOffsetMs?: number
  /** The machine's own clock is so far off, ms, and the bridge is told nothing of it. */
  readonly machineClockOffMs?: number
  /** Where the process stops itself (SIGSTOP), once: before it asks the platform, or when it has the answer. */
  readonly stopAt?: 'asking' | 'answered'
}

/** A key as a command names it: the app by its index. */
export interface KeyOf extends Omit<CredentialKey, 'app'> {
  readonly app: number
}

/** How often what was answered: by the credential's text, `null`, or `! CODE` for a failure. */
export type Tally = Readonly<Record<string, number>>

/** What a replica does when told. */
export interface ReplicaCommands {
  open(options: ReplicaOptions): Promise<void>
  /** So many at once. */
  get(key: KeyOf, times: number): Promise<Tally>
  /** What it may answer without asking anyone; null: nothing. */
  peek(key: KeyOf): string | null
  set(key: KeyOf, value: Readonly<Record<string, string>>, expiresInSeconds?: number): Promise<void>
  remove(key: KeyOf): Promise<void>
  /** So many reports at once; by outcome. */
  report(key: KeyOf, badValue: string, times: number): Promise<Tally>
  refresh(key: KeyOf, force: boolean): Promise<string>
  runSchedule(): Promise<void>
  health(): Promise<Tally>
  /** So much time goes by, for every clock there is. */
  pass(ms: number): void
  /** Somebody sets the clock; no time goes by. */
  setClock(ms: number): void
  /** The events since the last question. */
  events(): readonly BridgeEvent[]
  close(): Promise<void>
}

const EVENTS_MOST = 20_000

let connected: ConnectedBridge | undefined
let apps: ReplicaOptions['apps'] = []
let offsetMs = 0
let passedMs = 0
let events: BridgeEvent[] = []

function bridge(): ConnectedBridge['bridge'] {
  if (connected === undefined) throw new Error('not open')
  return connected.bridge
}

function keyOf({ app: index, ...rest }: KeyOf): CredentialKey {
  const app = apps[index]
  if (app === undefined) throw new Error(`no app ${index}`)
  return { ...rest, app }
}

/** The credential's own secret, or the whole value. */
function textOf(value: unknown): string {
  if (value === null || typeof value !== 'object') return String(value)
  const fields = value as Readonly<Record<string, unknown>>
  for (const name of ['access_token', 'ticket', 'session_key']) {
    const text = fields[name]
    if (typeof text === 'string') return text
  }
  return JSON.stringify(value)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

async function tally(times: number, once: () => Promise<string>): Promise<Tally> {
  const counts: Record<string, number> = {}
  const answers = await Promise.all(
    Array.from({ length: times }, () => once().catch((error: unknown) => `! ${codeOf(error)}`)),
  )
  for (const answer of answers) counts[answer] = (counts[answer] ?? 0) + 1
  return counts
}

const commands: ReplicaCommands = {
  async open({ masterKey, clockOffsetMs, machineClockOffMs, stopAt, ...options }) {
    apps = options.apps
    offsetMs = clockOffsetMs ?? 0
    const monotonicNow = performance.now.bind(performance)
    performance.now = () => monotonicNow() + passedMs
    if (machineClockOffMs !== undefined) {
      const machineNow = Date.now.bind(Date)
      offsetMs = machineClockOffMs
      Date.now = () => machineNow() + offsetMs
    }
    let isToStop = stopAt !== undefined
    const stopOnce = (at: ReplicaOptions['stopAt']): void => {
      if (!isToStop || at !== stopAt) return
      isToStop = false
      process.kill(process.pid, 'SIGSTOP')
    }
    subscribe('undici:request:create', () => stopOnce('asking'))
    connected = await connectBridge({
      ...options,
      masterKey: Buffer.from(masterKey, 'base64'),
      ...(clockOffsetMs === undefined ? {} : { now: () => Date.now() + offsetMs }),
      onEvent(event) {
        if (event.type === 'upstream') stopOnce('answered')
        events.push(event)
        if (events.length > EVENTS_MOST) events = events.slice(-EVENTS_MOST / 2)
      },
    })
  },
  get: (key, times) => {
    const found = keyOf(key)
    return tally(times, async () => textOf((await bridge().get(found))?.value ?? null))
  },
  peek(key) {
    const held = bridge().peek(keyOf(key))
    return held === undefined ? null : textOf(held.value)
  },
  set: (key, value, expiresInSeconds) => bridge().set(keyOf(key), value, expiresInSeconds),
  remove: (key) => bridge().remove(keyOf(key)),
  report: (key, badValue, times) => {
    const found = keyOf(key)
    return tally(times, async () => (await bridge().reportInvalid(found, badValue)).outcome)
  },
  refresh: async (key, force) => (await bridge().refresh(keyOf(key), { force })).outcome,
  runSchedule: () => bridge().runSchedule(),
  async health() {
    const tiers = await bridge().health()
    return Object.fromEntries(tiers.map(({ tier, ok }) => [tier, ok ? 1 : 0]))
  },
  pass(ms) {
    offsetMs += ms
    passedMs += ms
  },
  setClock(ms) {
    offsetMs += ms
  },
  events() {
    const told = events
    events = []
    return told
  },
  async close() {
    await connected?.close()
    connected = undefined
  },
}

/** One command on its way to the replica, and what comes back. */
export interface CommandMessage {
  readonly id: number
  readonly command: keyof ReplicaCommands
  readonly args: readonly unknown[]
}
export interface AnswerMessage {
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}

async function obey({ id, command, args }: CommandMessage): Promise<void> {
  const run = commands[command] as (...args: readonly unknown[]) => unknown
  const answer: AnswerMessage = await Promise.resolve()
    .then(() => run(...args))
    .then(
      (value) => ({ id, value }),
      (error: unknown) => ({ id, error: codeOf(error) }),
    )
  process.send?.(answer)
}

process.on('message', (message) => void obey(message as CommandMessage))
process.on('disconnect', () => process.exit(0))
