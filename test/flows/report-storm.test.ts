import assert from 'node:assert/strict'
import { test } from 'node:test'
import { miniProgram, openFleet, sum } from './fleet.ts'
import type { KeyOf } from './replica.ts'
import { onRedis, onSqlite } from './stores.ts'

const CALLERS = 10_000
const REPLICAS = 5
const STABLE = '/cgi-bin/stable_token'
const FORCES_APART_MS = 30_000

const token: KeyOf = { kind: 'access_token', app: 0 }

for (const [title, open] of [
  ['SQLite', onSqlite],
  ['Redis', onRedis],
] as const) {
  test(`a token that 10,000 callers of five replicas on ${title} report at once is refreshed once`, async (t) => {
    const shared = await open(t)
    if (shared === undefined) return
    const fleet = await openFleet(t, { size: REPLICAS, ...shared })
    const { control } = fleet.simulator
    const [first = ''] = Object.keys(await fleet.get(token, REPLICAS))
    let dead = first
    for (const storm of [1, 2]) {
      // Killed elsewhere: only a forced refresh gives another one.
      control.tokens.revoke({ appid: miniProgram.appid, keepServing: true })
      const reports = fleet.replicas.map((replica) => replica.ask('report', token, dead, CALLERS / REPLICAS))
      const outcomes = sum(await Promise.all(reports))
      assert.deepEqual(
        Object.keys(outcomes).filter((outcome) => outcome !== 'refreshed' && outcome !== 'superseded'),
        [],
        JSON.stringify(outcomes),
      )
      assert.equal(outcomes['refreshed'] === undefined, false)
      assert.equal(fleet.calls(STABLE), 1 + storm)
      const [next = '', ...others] = Object.keys(await fleet.get(token, CALLERS))
      assert.deepEqual(others, [])
      assert.notEqual(next, dead)
      assert.ok(control.tokens.isLive(next))
      // Who comes late with the old news costs nothing.
      const late = sum(await Promise.all(fleet.replicas.map((replica) => replica.ask('report', token, dead, 100))))
      assert.deepEqual(Object.keys(late), ['superseded'])
      assert.equal(fleet.calls(STABLE), 1 + storm)
      dead = next
      await fleet.pass(FORCES_APART_MS + 1_000)
    }
  })
}
