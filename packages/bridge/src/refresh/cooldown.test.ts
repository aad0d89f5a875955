import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import { cooldownMs, LONGEST_PAUSE_MS } from './cooldown.ts'

const refused = (errcode: number): DrawbridgeError => new DrawbridgeError('UPSTREAM_FAILED', { errcode })
const unreachable = new DrawbridgeError('UPSTREAM_UNREACHABLE')
const noChance = (): number => 0

test('the pause doubles with each failure in a row and has a bound', () => {
  assert.equal(cooldownMs(unreachable, 1, noChance), 1_000)
  assert.equal(cooldownMs(unreachable, 2, noChance), 2_000)
  assert.equal(cooldownMs(unreachable, 5, noChance), 16_000)
  assert.equal(cooldownMs(unreachable, 50, noChance), 60_000)
})

test('replicas spread by up to a fifth', () => {
  assert.equal(
    cooldownMs(unreachable, 1, () => 1),
    1_200,
  )
})

test('each class of refusal has its own pace', () => {
  assert.equal(cooldownMs(refused(-1), 1, noChance), 1_000)
  assert.equal(cooldownMs(refused(45011), 1, noChance), 60_000)
  assert.equal(cooldownMs(refused(45009), 1, noChance), 300_000)
  assert.equal(cooldownMs(refused(40164), 1, noChance), 10_000)
  assert.equal(cooldownMs(refused(87009), 9, noChance), 60_000)
})

test('no pause is longer than what a note may ask for, but for the jitter', () => {
  for (const errcode of [-1, 40125, 40164, 45009, 45011, 87009, 99999]) {
    assert.ok(cooldownMs(refused(errcode), 100, noChance) <= LONGEST_PAUSE_MS)
  }
})
