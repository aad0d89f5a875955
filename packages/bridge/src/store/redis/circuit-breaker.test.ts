import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCircuitBreaker } from './circuit-breaker.ts'
import type { CircuitBreaker } from './circuit-breaker.ts'

function setUp(): { breaker: CircuitBreaker; told: string[]; advance(ms: number): void } {
  let at = 0
  const told: string[] = []
  const breaker = createCircuitBreaker({
    monotonic: () => at,
    onOpen: () => told.push('open'),
    onClose: () => told.push('close'),
  })
  return {
    breaker,
    told,
    advance(ms) {
      at += ms
    },
  }
}

test('three failures in a row open it, and two do not', () => {
  const { breaker, told } = setUp()
  breaker.failed()
  breaker.failed()
  breaker.succeeded()
  breaker.failed()
  breaker.failed()
  assert.equal(breaker.admit(), 'go')
  breaker.failed()
  assert.equal(breaker.admit(), 'wait')
  assert.deepEqual(told, ['open'])
})

test('after half a second one asks whether it is back, and one alone', () => {
  const { breaker, told, advance } = setUp()
  for (let failure = 0; failure < 3; failure += 1) breaker.failed()
  advance(499)
  assert.equal(breaker.admit(), 'wait')
  advance(1)
  assert.equal(breaker.admit(), 'probe')
  assert.equal(breaker.admit(), 'wait')
  breaker.failed()
  assert.equal(breaker.admit(), 'wait')
  advance(500)
  assert.equal(breaker.admit(), 'probe')
  breaker.succeeded()
  assert.equal(breaker.admit(), 'go')
  assert.deepEqual(told, ['open', 'close'])
})

test('a late answer to a question from before does not close it', () => {
  const { breaker } = setUp()
  for (let failure = 0; failure < 3; failure += 1) breaker.failed()
  breaker.succeeded()
  assert.equal(breaker.admit(), 'wait')
})
