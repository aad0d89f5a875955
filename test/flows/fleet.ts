import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { App, BridgeEvent } from '@drawbridge/bridge'
import { createSimulator } from '@drawbridge/simulator'
import type { Simulator, SimulatorOptions } from '@drawbridge/simulator'
import type { KeyOf, ReplicaOptions, Tally } from './replica.ts'
import { startReplica } from './start-replica.ts'
import type { Replica } from './start-replica.ts'

/** The mini program, and the official account of the same DCloud app; both are apps of a fresh simulator. */
export const miniProgram: App = {
  platform: 'weixin-mp',
  appid: 'wx1111111111111111',
  secret: '1'.repeat(32),
  dcloudAppid: '__UNI__FLEET01',
  tokenEndpoint: 'stable',
}
export const officialAccount: App = {
  ...miniProgram,
  platform: 'weixin-h5',
  appid: 'wx2222222222222222',
  secret: '2'.repeat(32),
}

/** Replicas on the same stores and the simulated platform, each a process of its own. */
export interface Fleet {
  readonly simulator: Simulator
  readonly sqlitePath: string
  readonly replicas: readonly Replica[]
  /** One more: the differences from the others, and the process, if it was started before. */
  add(differences?: Partial<ReplicaOptions>, started?: Replica): Promise<Replica>
  /** How often the platform was called there. */
  calls(path: string, appid?: string): number
  /** Time passes: for the platform first, then for every replica. */
  pass(ms: number): Promise<void>
  /** So many reads in all, spread over the replicas. */
  get(key: KeyOf, times: number): Promise<Tally>
  events(): Promise<readonly BridgeEvent[]>
  /** Waits until it holds; the test's own time limit is the end of it. */
  until(holds: () => boolean | Promise<boolean>): Promise<void>
}

/** Opens the fleet; it is gone when the test is. */
export async function openFleet(
  t: TestContext,
  {
    size,
    simulator: simulated = {},
    ...options
  }: Partial<ReplicaOptions> & { readonly size: number; readonly simulator?: SimulatorOptions },
): Promise<Fleet> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-fleet-'))
  const simulator = createSimulator({ seed: 'fleet', callLogMax: 10, ...simulated })
  const { url } = await simulator.listen()
  const replicas: Replica[] = []
  t.after(async () => {
    await Promise.all(replicas.map((replica) => replica.end()))
    await simulator.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const sqlitePath = join(folder, 'drawbridge.db')
  const usual: ReplicaOptions = {
    apps: [miniProgram, officialAccount],
    sqlitePath,
    hosts: { weixin: url, qq: url },
    masterKey: randomBytes(32).toString('base64'),
    ...options,
  }
  let passedMs = 0

  async function add(differences: Partial<ReplicaOptions> = {}, replica = startReplica()): Promise<Replica> {
    replicas.push(replica)
    const { clockOffsetMs = 0, machineClockOffMs, ...opening }: ReplicaOptions = { ...usual, ...differences }
    const clock =
      machineClockOffMs === undefined
        ? { clockOffsetMs: clockOffsetMs + passedMs }
        : { machineClockOffMs: machineClockOffMs + passedMs }
    await replica.ask('open', { ...opening, ...clock })
    return replica
  }
  await Promise.all(Array.from({ length: size }, () => add()))

  return {
    simulator,
    sqlitePath,
    replicas,
    add,
    calls: (path, appid) => simulator.control.calls.count({ path, ...(appid !== undefined && { appid }) }),
    async pass(ms) {
      passedMs += ms
      simulator.control.clock.advance(ms)
      await Promise.all(replicas.map((replica) => replica.ask('pass', ms)))
    },
    async get(key, times) {
      const share = Math.ceil(times / replicas.length)
      return sum(await Promise.all(replicas.map((replica) => replica.ask('get', key, share))))
    },
    events: async () => (await Promise.all(replicas.map((replica) => replica.ask('events')))).flat(),
    async until(holds) {
      while (!(await holds())) await sleep(20)
    },
  }
}

/** Tallies added up. */
export function sum(tallies: readonly Tally[]): Tally {
  const total: Record<string, number> = {}
  for (const one of tallies) {
    for (const [answer, count] of Object.entries(one)) total[answer] = (total[answer] ?? 0) + count
  }
  return total
}
