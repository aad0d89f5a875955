import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { APPIDS, simulatorUnderTest } from '../simulator-under-test-fixture.ts'
import type { Answered, Caller } from '../simulator-under-test-fixture.ts'
import type { FailureInput } from './failure-book.ts'

const mp = { grant_type: 'client_credential', appid: APPIDS.mp, secret: '1'.repeat(32) }
const token = (caller: Caller): Promise<Answered> => caller.get('/cgi-bin/token', mp)

describe('a failure strikes', () => {
  const answers = async (caller: Caller, calls: number): Promise<string> => {
    const codes: string[] = []
    for (let n = 0; n < calls; n += 1) codes.push((await token(caller)).body['errcode'] === -1 ? 'x' : '.')
    return codes.join('')
  }

  test('only the path and the app that it names', async (t) => {
    const caller = await simulatorUnderTest(t)
    const { failures } = caller.simulator.control
    const inject = (more: Omit<FailureInput, 'kind'>): string => failures.inject({ kind: 'system-busy', ...more })
    inject({ path: '/cgi-bin/stable_token' })
    inject({ appid: APPIDS.oa })
    assert.equal(await answers(caller, 1), '.')
    inject({ path: 'cgi-bin/token', appid: APPIDS.mp })
    assert.equal(await answers(caller, 1), 'x')
    assert.equal((await caller.post('/cgi-bin/stable_token', {}, mp)).body['errcode'], -1)
    failures.clear()
    assert.equal(await answers(caller, 1), '.')
  })

  test('so many calls, after so many', async (t) => {
    const caller = await simulatorUnderTest(t)
    caller.simulator.control.failures.inject({ kind: 'system-busy', skip: 1, count: 2 })
    assert.equal(await answers(caller, 5), '.xx..')
    assert.deepEqual(caller.simulator.control.failures.list(), [])
  })

  test('within its window', async (t) => {
    const caller = await simulatorUnderTest(t)
    const { failures, clock } = caller.simulator.control
    failures.inject({ kind: 'system-busy', afterMs: 1000, forMs: 2000 })
    assert.equal(await answers(caller, 1), '.')
    clock.advance(1000)
    assert.equal(await answers(caller, 1), 'x')
    clock.advance(1999)
    assert.equal(await answers(caller, 1), 'x')
    clock.advance(1)
    assert.equal(await answers(caller, 1), '.')
  })

  test('with its probability, the same calls for the same seed', async (t) => {
    const runs: string[] = []
    for (const seed of ['a', 'a', 'b']) {
      const caller = await simulatorUnderTest(t, { seed })
      caller.simulator.control.failures.inject({ kind: 'system-busy', probability: 0.5 })
      runs.push(await answers(caller, 40))
    }
    const [first = '', again, other] = runs
    assert.equal(first, again)
    assert.notEqual(first, other)
    assert.ok(first.includes('x') && first.includes('.'))
  })

  test('until it is removed, and says how often it struck', async (t) => {
    const caller = await simulatorUnderTest(t)
    const { failures, calls } = caller.simulator.control
    const id = failures.inject({ kind: 'system-busy' })
    await answers(caller, 2)
    assert.deepEqual(
      failures.list().map((failure) => [failure.id, failure.struck]),
      [[id, 2]],
    )
    assert.deepEqual(calls.last()?.failures, ['system-busy'])
    assert.equal(failures.remove(id), true)
    assert.equal(await answers(caller, 1), '.')
  })

  test('never, when it is not understood', async (t) => {
    const { failures } = (await simulatorUnderTest(t)).simulator.control
    const inject = (input: object): unknown => failures.inject(input as FailureInput)
    assert.throws(() => inject({ kind: 'constructor' }), { code: 'FAILURE_UNKNOWN' })
    assert.throws(() => inject({ kind: 'stall', probability: 2 }), { code: 'FAILURE_INVALID' })
    assert.throws(() => inject({ kind: 'stall', count: 'many' }), { code: 'FAILURE_INVALID' })
    assert.throws(() => inject({ kind: 'stall', endpoint: '/x' }), { code: 'FAILURE_INVALID' })
  })
})
