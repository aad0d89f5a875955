import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readTarget, targetText } from './target.ts'

test('a target is read and written back the same', () => {
  for (const text of ['f:pay', 'o:todo/add', 'h:GET /v1/a?b=1', 'o:todo/a/b', 'f:__proto__'])
    assert.equal(targetText(readTarget(text) ?? { kind: 'function', name: '' }), text)
})

test('what is no target is none', () => {
  for (const text of [
    '',
    'f',
    'f:',
    'o:todo',
    'o:todo/',
    'o:/add',
    'h:GET',
    'h:get /x',
    'h:GET x',
    'db:',
    'x:pay',
    'pay',
    'f:a/b',
  ])
    assert.equal(readTarget(text), undefined, text)
})
