import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { miniProgram, officialAccount, openFleet } from './fleet.ts'
import type { Fleet } from './fleet.ts'
import type { KeyOf, ReplicaOptions, Tally } from './replica.ts'
import { onRedis, onSqlite } from './stores.ts'
import type { OpenStores } from './stores.ts'

const CALLERS = 10_000
const LIFE_MS = 7_200_000

const STABLE = '/cgi-bin/stable_token'
const LEGACY = '/cgi-bin/token'
const TICKET = '/cgi-bin/ticket/getticket'

const token: KeyOf = { kind: 'access_token', app: 0 }

const stores: readonly { readonly title: string; readonly size: number; readonly open: OpenStores }[] = [
  { title: 'in one process', size: 1, open: onSqlite },
  { title: 'in five processes on one SQLite file', size: 5, open: onSqlite },
  { title: 'in five processes on Redis', size: 5, open: onRedis },
]

for (const { title, size, open } of stores) {
  describe(`10,000 callers ${title}`, () => {
    const openStores = async (t: TestContext, more: Partial<ReplicaOptions> = {}): Promise<Fleet | undefined> => {
      const options = await open(t)
      return options && openFleet(t, { size, ...more, ...options })
    }

    test('who want a token that nobody has yet, and at each of its ends, cost one call and get one answer', async (t) => {
      const fleet = await openStores(t)
      if (fleet === undefined) return
      for (let generation = 1; generation <= 3; generation += 1) {
        const answers = await fleet.get(token, CALLERS)
        assertOneAnswer(answers, size)
        assertAlive(fleet, answers)
        assert.equal(fleet.calls(STABLE), generation)
        await fleet.pass(LIFE_MS + 1_000)
      }
    })

    test('who want a token in its last minute wait for nobody, and cost one call', async (t) => {
      const fleet = await openStores(t)
      if (fleet === undefined) return
      const [old = ''] = Object.keys(await fleet.get(token, size))
      for (const generation of [2, 3]) {
        await fleet.pass(LIFE_MS - 45_000)
        assertAlive(fleet, await fleet.get(token, CALLERS))
        await fleet.until(async () => {
          const answers = await fleet.get(token, size)
          assertAlive(fleet, answers)
          return Object.keys(answers).length === 1 && answers[old] === undefined
        })
        assert.equal(fleet.calls(STABLE), generation)
        // The next generation's own end is what counts from here.
        await fleet.pass(45_000)
        await fleet.until(async () => Object.keys(await fleet.get(token, size)).length === 1)
        assert.equal(fleet.calls(STABLE), generation)
      }
    })

    test('who want a ticket cost one call for the token and one for the ticket, at each of its ends', async (t) => {
      const fleet = await openStores(t)
      if (fleet === undefined) return
      for (let generation = 1; generation <= 2; generation += 1) {
        assertOneAnswer(await fleet.get({ kind: 'ticket', app: 1, ticketType: 'jsapi' }, CALLERS), size)
        assert.equal(fleet.calls(TICKET), generation)
        assert.equal(fleet.calls(STABLE), generation)
        await fleet.pass(LIFE_MS + 1_000)
      }
    })

    test('of an official account on the old endpoint are never handed a token that another call has killed', async (t) => {
      const legacyAccount = { ...officialAccount, tokenEndpoint: 'legacy' as const }
      const fleet = await openStores(t, {
        apps: [miniProgram, legacyAccount],
        schedule: [{ app: legacyAccount, task: 'accessToken' }],
      })
      if (fleet === undefined) return
      const account: KeyOf = { kind: 'access_token', app: 1 }
      const cold = await fleet.get(account, CALLERS)
      assertOneAnswer(cold, size)
      assertAlive(fleet, cold)
      assert.equal(fleet.calls(LEGACY), 1)
      for (let generation = 2; generation <= 3; generation += 1) {
        await fleet.pass(LIFE_MS - 400_000)
        // Through the last minutes of one and the first of the next, where two are alive and then one is not.
        for (let minute = 0; minute < 24; minute += 1) {
          assertAlive(fleet, await fleet.get(account, minute === 8 ? CALLERS : 200))
          await settled(fleet, account)
          await fleet.pass(30_000)
        }
        assert.equal(fleet.calls(LEGACY), generation)
        t.diagnostic(`generation ${generation}`)
      }
      assert.equal(fleet.calls(STABLE), 0)
    })
  })
}

function assertOneAnswer(answers: Tally, size: number): void {
  assert.deepEqual(Object.values(answers), [Math.ceil(CALLERS / size) * size], JSON.stringify(shortened(answers)))
  assert.ok(!Object.keys(answers).some((answer) => answer === 'null' || answer.startsWith('!')), 'a credential')
}

/** Nothing moves the platform's clock but the test, so that now is the moment at which they were handed out. */
function assertAlive(fleet: Fleet, answers: Tally): void {
  for (const answer of Object.keys(answers)) {
    assert.ok(fleet.simulator.control.tokens.isLive(answer), `a live token, not ${answer.slice(0, 40)}`)
  }
}

/**
 * A refresh behind a reader's back is over, and every replica knows of it: a round of the schedule waits for it.
 * Time that the test lets jump while one is under way would end its lease, as no real time does.
 */
async function settled(fleet: Fleet, key: KeyOf): Promise<void> {
  await Promise.all(fleet.replicas.map((replica) => replica.ask('runSchedule')))
  await fleet.until(async () => {
    const answers = await fleet.get(key, fleet.replicas.length)
    assertAlive(fleet, answers)
    return Object.keys(answers).length === 1
  })
}

function shortened(answers: Tally): Tally {
  return Object.fromEntries(Object.entries(answers).map(([answer, count]) => [answer.slice(0, 40), count]))
}
