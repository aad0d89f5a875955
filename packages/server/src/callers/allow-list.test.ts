import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAllowList } from './allow-list.ts'

test('single addresses match themselves, ranges what lies in them, in both families', () => {
  const list = createAllowList(['10.0.0.1', '192.168.0.0/16', '2001:db8::/32', '::1'])
  for (const inside of ['10.0.0.1', '192.168.255.7', '2001:db8:1::5', '0:0:0:0:0:0:0:1'])
    assert.equal(list.has(inside), true, inside)
  for (const outside of ['10.0.0.2', '192.169.0.1', '2001:db9::1', '::2', '127.0.0.1'])
    assert.equal(list.has(outside), false, outside)
})

test('0.0.0.0 is one address and no wildcard; 0.0.0.0/0 is every IPv4 address and no IPv6 one', () => {
  assert.equal(createAllowList(['0.0.0.0']).has('127.0.0.1'), false)
  assert.equal(createAllowList(['0.0.0.0']).has('0.0.0.0'), true)
  assert.equal(createAllowList(['0.0.0.0/0']).has('203.0.113.9'), true)
  assert.equal(createAllowList(['0.0.0.0/0']).has('2001:db8::1'), false)
})

test('an IPv4 address written as IPv6 is that IPv4 address, in the list and in the request', () => {
  assert.equal(createAllowList(['10.0.0.1']).has('::ffff:10.0.0.1'), true)
  assert.equal(createAllowList(['::ffff:10.0.0.1']).has('10.0.0.1'), true)
  assert.equal(createAllowList(['::ffff:10.0.0.0/104']).has('10.9.9.9'), true)
  assert.equal(createAllowList(['::ffff:10.0.0.0/104']).has('11.0.0.1'), false)
})

test('an entry that is no address, or an address in a spelling that surprises, is refused by name', () => {
  for (const entry of [
    '',
    'localhost',
    '10.0.0',
    '127.1',
    '0x7f.0.0.1',
    '10.0.0.1/33',
    '10.0.0.0/-1',
    '10.0.0.300',
    'fe80::/129',
    '*',
  ]) {
    assert.throws(() => createAllowList([entry]), { code: 'CONFIG_INVALID' }, entry)
  }
})

test('what is no address is on no list', () => {
  for (const text of ['', 'unknown', '10.0.0.1, 10.0.0.2', '10.0.0.1:80']) {
    assert.equal(createAllowList(['0.0.0.0/0', '::/0']).has(text), false, text)
  }
})
