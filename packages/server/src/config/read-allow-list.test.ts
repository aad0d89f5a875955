import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { admitsEveryone } from './read-allow-list.ts'

describe('a list that admits everyone', () => {
  it('is known in every spelling, and a network of one’s own is not taken for it', () => {
    for (const entry of [
      '0.0.0.0/0',
      '::/0',
      '0.0.0.0/1',
      '128.0.0.0/1',
      '::ffff:0:0/96',
      '::ffff:0:0/97',
      '::/64',
      '8000::/1',
      '2000::/3',
    ]) {
      assert.ok(admitsEveryone(entry), entry)
    }
    for (const entry of [
      '10.0.0.0/8',
      '127.0.0.1',
      '::1',
      '::1/128',
      'fd00::/8',
      'fe80::/10',
      '2001:db8::/32',
      '::ffff:10.0.0.0/104',
      '0.0.0.0',
    ]) {
      assert.ok(!admitsEveryone(entry), entry)
    }
  })
})
