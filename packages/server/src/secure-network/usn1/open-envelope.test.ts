import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { MP_APPID } from '../../identity/identity-world-fixture.ts'
import { openEnvelopeWorld } from './envelope-world-fixture.ts'
import type { EnvelopeOutcome } from './open-envelope.ts'

const DAY = 24 * 3_600_000

const refusalOf = (outcome: EnvelopeOutcome): string => ('refused' in outcome ? outcome.refused.reason : 'none')
const isOpened = (outcome: EnvelopeOutcome): boolean => 'call' in outcome

test('a suite that mini programs may not use is refused before anybody looks for the key', async (t) => {
  const { open, reads } = await openEnvelopeWorld(t)
  const policy = { suites: { 'mp-weixin': [1] } } as const
  assert.equal(refusalOf(await open({ suite: 2, policy })), 'the suite is not allowed for the platform')
  assert.equal(reads(), 0)
  assert.ok(isOpened(await open({ suite: 1, policy })))
  assert.ok(reads() > 0)
})

test('the life of a login code is lengthened by what opens, and not by who merely says it', async (t) => {
  const { open, world, code } = await openEnvelopeWorld(t)
  const subject = `${MP_APPID}:@${code}`
  const forged = { subject, key: randomBytes(16) }
  world.advance(2 * DAY)
  assert.equal(refusalOf(await open(forged)), 'the envelope does not open with the key that it names')
  assert.ok(isOpened(await open({ subject })))
  // Three days from the one that opened.
  world.advance(3 * DAY - 60_000)
  assert.notEqual(refusalOf(await open(forged)), 'the login code is not known, or its time is up')
  world.advance(60_000)
  assert.equal(refusalOf(await open(forged)), 'the login code is not known, or its time is up')
})
