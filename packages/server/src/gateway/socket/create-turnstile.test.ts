import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTurnstile } from './create-turnstile.ts'

const full = { code: 'GATEWAY_SOCKETS_FULL' }

test('one address takes no place from the others, and who leaves makes room', () => {
  const { enter } = createTurnstile({ socketsMax: 4, perAddressMax: 2 })
  const leave = enter('a')
  enter('a')
  assert.throws(() => enter('a'), full)
  enter('b')
  leave()
  enter('a')
  enter('b')
  assert.throws(() => enter('c'), full)
})

test('an address that is gone is forgotten', () => {
  const { enter } = createTurnstile({ socketsMax: 10, perAddressMax: 1 })
  for (let round = 0; round < 100; round++) enter('a')()
  enter('a')
  assert.throws(() => enter('a'), full)
})
