import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isLoopback, isLoopbackAuthority } from './loopback.ts'

test('this machine’s addresses are 127/8 and ::1', () => {
  assert.deepEqual(['127.0.0.1', '127.9.9.9', '::1'].map(isLoopback), [true, true, true])
  assert.deepEqual(['128.0.0.1', '10.127.0.0', '::2', ''].map(isLoopback), [false, false, false, false])
})

test('only a name that DNS cannot move is this machine’s', () => {
  for (const own of ['localhost', 'LOCALHOST:7400', '127.0.0.1:7400', '[::1]:7400', '[::1]'])
    assert.equal(isLoopbackAuthority(own), true, own)
  for (const other of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:7400', '']) {
    assert.equal(isLoopbackAuthority(other), false, other)
  }
})
