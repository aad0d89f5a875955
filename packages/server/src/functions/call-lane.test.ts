import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createInnerLane, createOuterLane, DEPTH_MAX } from './call-lane.ts'
import type { CallLane } from './call-lane.ts'
import type { RunningCall } from './running-call.ts'

/** A call by its depth; a lane looks at nothing else. */
function at(depth: number): RunningCall {
  return { call: { depth } } as RunningCall
}

function start(lane: CallLane): RunningCall | undefined {
  const call = lane.next()
  if (!call || !lane.admits(call)) return undefined
  lane.waiting.splice(lane.waiting.indexOf(call), 1)
  lane.began(call)
  return call
}

describe('the lane of calls by functions', () => {
  test('never stands still, whatever calls come to wait for whatever deeper ones', () => {
    const depths = fc.array(fc.integer({ min: 1, max: DEPTH_MAX }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(depths, fc.integer({ min: 1, max: 4 }), (targets, max) => {
        const lane = createInnerLane(max)
        // Each call calls one deeper, until its target, and ends when that one has ended.
        const parents = new Map<RunningCall, { readonly target: number; readonly parent?: RunningCall }>()
        const submit = (depth: number, target: number, parent?: RunningCall): void => {
          const call = at(depth)
          parents.set(call, { target, ...(parent && { parent }) })
          lane.waiting.push(call)
        }
        for (const target of targets) submit(1, target)
        const end = (call: RunningCall): void => {
          lane.ended(call)
          const { parent } = parents.get(call) ?? {}
          parents.delete(call)
          if (parent) end(parent)
        }
        while (parents.size > 0) {
          const started: RunningCall[] = []
          for (let call = start(lane); call; call = start(lane)) started.push(call)
          assert.notEqual(started.length, 0, 'a call waits and none runs on')
          for (const call of started) {
            const { target = 0 } = parents.get(call) ?? {}
            if (call.call.depth < target) submit(call.call.depth + 1, target, call)
            else end(call)
          }
        }
      }),
    )
  })

  test('takes no more than its workers and one for each depth', () => {
    const lane = createInnerLane(2)
    for (let depth = 1; depth <= DEPTH_MAX; depth += 1) for (let i = 0; i < 5; i += 1) lane.waiting.push(at(depth))
    let running = 0
    while (start(lane)) running += 1
    for (let depth = 1; depth <= DEPTH_MAX; depth += 1) lane.waiting.unshift(at(depth))
    while (start(lane)) running += 1
    assert.ok(running >= 2 && running <= 2 + DEPTH_MAX - 1, `${running}`)
  })
})

test('the lane of calls from outside takes as many as its workers, the first first', () => {
  const lane = createOuterLane(2)
  const calls = [at(0), at(0), at(0)]
  lane.waiting.push(...calls)
  assert.deepEqual(lane.admissible(), calls.slice(0, 2))
  assert.equal(start(lane), calls[0])
  assert.equal(start(lane), calls[1])
  assert.equal(start(lane), undefined)
  lane.ended(at(0))
  assert.equal(start(lane), calls[2])
})
