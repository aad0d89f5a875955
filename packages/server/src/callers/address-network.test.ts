import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressNetwork } from './address-network.ts'

test('the addresses of one IPv6 network count as one, whatever way they are written', () => {
  const network = addressNetwork('2001:db8:1:2::1')
  assert.equal(addressNetwork('2001:DB8:1:2:ffff:ffff:ffff:ffff'), network)
  assert.equal(addressNetwork('2001:0db8:0001:0002:0:0:0:9'), network)
  assert.notEqual(addressNetwork('2001:db8:1:3::1'), network)
})

test('IPv4 addresses count one by one, also inside IPv6', () => {
  assert.equal(addressNetwork('10.0.0.1'), '10.0.0.1')
  assert.equal(addressNetwork('::ffff:10.0.0.1'), '10.0.0.1')
  assert.equal(addressNetwork('unknown'), 'unknown')
})
