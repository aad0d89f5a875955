import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkTests } from './check-tests.ts'
import { messagesOf } from './messages-of.ts'

const say = (text: string, path = 'test/flows/a.test.ts'): readonly string[] =>
  messagesOf(checkTests, { [path]: text }).map((message) => message.slice(path.length + 1))

test('tests that run pass, and so do only and skip that are not the runner’s', () => {
  assert.deepEqual(say("test('a token is read once', () => { page.skip(3); list({ only: true }) })"), [])
})

for (const text of [
  "test.skip('a token is read once', () => {})",
  "test.only('a token is read once', () => {})",
  "test.todo('a token is read once')",
  "describe.skip('tokens are kept', () => {})",
  "test('a token is read once', (t) => { t.skip() })",
  "test('a token is read once', { skip: true }, () => {})",
  "test('a token is read once', { todo: 'later' }, () => {})",
]) {
  test(`hidden by its writer: ${text}`, () => {
    assert.match(say(text).join(), /hides tests/)
  })
}

test('the one loud skip may skip', () => {
  assert.deepEqual(say('test.skip(reason)', 'test/skip-loudly.ts'), [])
})

test('a name that is no sentence is found', () => {
  assert.deepEqual(say("test('read', () => {})"), ['1 "read" is no sentence: say what holds'])
})
