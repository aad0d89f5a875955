import { randomBytes } from 'node:crypto'
import { createCallLog } from './calls/call-log.ts'
import { createClock } from './clock/clock.ts'
import type { ClockOptions } from './clock/clock.ts'
import { answerControl, isControlPath } from './control/answer-control.ts'
import { createControl } from './control/control.ts'
import type { Control } from './control/control.ts'
import { defaultApps, defaultUsers } from './default-apps.ts'
import { createFailureBook } from './failures/failure-book.ts'
import { createAnswerer } from './http/answerer.ts'
import { listen } from './http/listener.ts'
import type { Listener, TlsOptions } from './http/listener.ts'
import type { Limits } from './limits/limit-table.ts'
import { createPhone } from './phone/phone.ts'
import type { Phone, PhoneOptions } from './phone/phone.ts'
import type { Wx } from './phone/wx.ts'
import { createPlatform } from './platform.ts'
import { createRandom } from './random/random.ts'
import { SimulatorError } from './simulator-error.ts'
import type { AppInput } from './state/apps.ts'
import type { UserInput } from './state/users.ts'
import type { Switches } from './switches.ts'

/** What a simulator begins with. Everything has a default. */
export interface SimulatorOptions {
  /** One of each type when none are given. */
  readonly apps?: readonly AppInput[]
  /** Alice and Bob when none are given. */
  readonly users?: readonly UserInput[]
  /** The same seed gives the same tokens, codes and keys; drawn when not given. */
  readonly seed?: string | number
  /** Real time when not given; `{ at, running: false }` for a clock that only moves when told. */
  readonly clock?: ClockOptions
  readonly switches?: Partial<Switches>
  readonly limits?: Partial<Limits>
  /** How many call records are remembered; counts are kept for all. 1000 when not given. */
  readonly callLogMax?: number
  /** Serves HTTPS with this certificate. */
  readonly tls?: TlsOptions
  /** Who may use the control URL: this machine only (when not given), anybody who reaches the port, or nobody. */
  readonly controlFrom?: 'loopback' | 'anywhere' | 'nowhere'
  /** Real time in ms; only for those who simulate that too. */
  readonly realNow?: () => number
}

/** WeChat and QQ on a laptop. */
export interface Simulator {
  /** The seed in use. */
  readonly seed: string
  readonly control: Control
  /** Listens on a loopback port (0: a free one). Throws PORT_TAKEN. */
  listen(port?: number, host?: string): Promise<{ readonly url: string; readonly port: number }>
  /** The same as `listen`. */
  start(port?: number, host?: string): Promise<{ readonly url: string; readonly port: number }>
  /** Stops listening and breaks what is still open. */
  close(): Promise<void>
  /** A user's phone with an app open on it. */
  phone(options: PhoneOptions): Phone
  /** The `wx` of `phone(options)`. */
  createWx(options: PhoneOptions): Wx
}

/**
 * Makes a simulator; it needs no network until it is told to listen.
 *
 * @example
 * const simulator = createSimulator({ seed: 1, clock: { at: Date.UTC(2026, 0, 1), running: false } })
 * const { url } = await simulator.listen()
 * const wx = simulator.createWx({ appid: 'wx1111111111111111' })
 */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const { apps = defaultApps, users = defaultUsers, switches = {}, limits = {}, callLogMax = 1000 } = options
  const { tls, controlFrom = 'loopback', realNow = Date.now } = options
  const random = createRandom(String(options.seed ?? randomBytes(8).toString('hex')))
  const clock = createClock(options.clock ?? {}, realNow)
  const platform = createPlatform({ clock, random, switches, limits })
  const calls = createCallLog(callLogMax)
  const failures = createFailureBook({ now: clock.now, random })
  const control = createControl(platform, failures, calls)
  const answer = createAnswerer({ platform, failures, calls })
  for (const app of apps) platform.apps.add(app)
  for (const user of users) platform.users.add(user)

  let listener: Listener | undefined
  const start = async (port = 0, host = '127.0.0.1'): Promise<{ url: string; port: number }> => {
    if (listener !== undefined) throw new SimulatorError('ALREADY_LISTENING', `Already listening on ${listener.url}.`)
    listener = await listen(
      {
        clock,
        tls,
        answer: (raw) => (isControlPath(raw.url) ? answerControl(raw, { control, controlFrom }) : answer(raw)),
        callerAddressFrom: () => platform.switches.get('callerAddressFrom'),
        refuseTls: () => failures.strikeKind('tls-failure'),
      },
      port,
      host,
    )
    return { url: listener.url, port: listener.port }
  }
  const closers: (() => Promise<void>)[] = []
  const shop = {
    platform,
    control,
    storage: new Map(),
    onClose: (close: () => Promise<void>) => void closers.push(close),
  }
  const phone = (phoneOptions: PhoneOptions): Phone => createPhone(shop, phoneOptions)

  return {
    seed: random.seed,
    control,
    listen: start,
    start,
    phone,
    createWx: (phoneOptions) => phone(phoneOptions).wx,
    async close() {
      const open = listener
      listener = undefined
      await Promise.all(closers.splice(0).map((close) => close()))
      await open?.close()
    },
  }
}
