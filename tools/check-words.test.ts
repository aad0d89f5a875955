import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkWords } from './check-words.ts'
import { messagesOf } from './messages-of.ts'

// The lines are written in pieces: this file is read by the same check.
const foreign: readonly (readonly [string, string])[] = [
  ['a number in a tracker', ['see iss', 'ue 12'].join('')],
  ['a number that a commit closes', ['fixes', ' #7'].join('')],
  ['a number in brackets', ['a fault (', '#41)'].join('')],
  ['a path of one machine', ['cat "/wo', 'rk/main/x"'].join('')],
  ['a hidden folder of one user', ['/ro', 'ot/.config'].join('')],
  ['the host of the npm registry', ['https://registry.', 'npmjs.org/x'].join('')],
  ['the host of a Debian mirror', ['deb.', 'debian.org'].join('')],
  ['the name of an assistant', ['written by Cla', 'ude'].join('')],
  ['the session of an assistant', ['an AI', ' session said'].join('')],
]

for (const [what, line] of foreign) {
  test(`${what} is found`, () => {
    assert.equal(messagesOf(checkWords, { 'docs/a.md': `fine\n${line}` })[0]?.startsWith('docs/a.md:2 '), true)
  })
}

test('ordinary words, addresses and colours pass', () => {
  const text = [
    'issue a token, 12 of them',
    'GET /v1/credentials',
    'color: #123456',
    'npm ci',
    'homework/roots',
    '(#anchor)',
  ]
  assert.deepEqual(messagesOf(checkWords, { 'docs/a.md': text.join('\n') }), [])
})
