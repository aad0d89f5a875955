import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findOddGuards } from './find-odd-guards.ts'
import { parseSource } from './parse-source.ts'

function verdicts(source: string, file = 'index.js'): readonly string[] {
  const parsed = parseSource(file, source)
  assert.ok('program' in parsed, 'reason' in parsed ? parsed.reason : '')
  return findOddGuards(parsed).map(({ always, line }) => `${line} ${always ? 'always' : 'never'}`)
}

/** The samples of DCloud's documentation, as they were for years. */
const samples = `'use strict';
exports.main = async (event, context) => {
  const secretType = context.secretType
  // secretType is the parameter that the client passed to uniCloud.callFunction
  if (secretType !== 'both' || secretType !== 'response') {
    throw new Error('secretType invalid') // 拒绝返回有效数据
  }
}
module.exports._before = async function () {
  const methodName = this.getMethodName()
  const clientInfo = this.getClientInfo()
  const secretType = clientInfo.secretType
  if (methodName === 'reward' && (secretType !== 'both' || secretType !== 'response')) {
    throw new Error('secretType invalid')
  }
}`

test('the guards of the old samples are found, in a function and in an object', () => {
  assert.deepEqual(verdicts(samples), ['5 always', '13 always'])
})

const odd: readonly (readonly [condition: string, verdict: string])[] = [
  [`context.secretType != "both" || context.secretType != "response"`, 'always'],
  [`'both' !== st || 'response' !== st`, 'always'],
  ['ctx?.secretType !== `both` || ctx.secretType !== `response`', 'always'],
  [`!(secretType === 'both') || !(secretType === 'response')`, 'always'],
  [`!(secretType === 'both') || secretType !== 'response'`, 'always'],
  [`ok || (secretType !== 'both' || secretType !== 'response')`, 'always'],
  [`secretType !== 'none' || ok || secretType !== 'request'`, 'always'],
  [`secretType === 'both' || 'response'`, 'always'],
  [`secretType !== 'both' || 'response'`, 'always'],
  [`secretType === 'both' && secretType === 'response'`, 'never'],
  [`type === 'both' && type === 'request'`, 'never'],
  [`!(secretType === 'both' && secretType === 'response')`, 'never'],
  [`secretType === 'both' && ok && 'response' == secretType`, 'never'],
]
for (const [condition, verdict] of odd)
  test(`"${condition}" is ${verdict} true`, () => {
    assert.deepEqual(verdicts(`if (${condition}) f()`), [`1 ${verdict}`])
  })

const sound = [
  `secretType !== 'both' && secretType !== 'response'`,
  `secretType === 'both' || secretType === 'response'`,
  `!(secretType === 'both' || secretType === 'response')`,
  `secretType !== 'both'`,
  `secretType || 'none'`,
  `secretType ?? 'both'`,
  `a.secretType !== 'both' || b.secretType !== 'response'`,
  `secretType !== 'both' || secretType !== 'both'`,
  `method !== 'GET' || method !== 'POST'`,
  `status === 'open' && status === 'closed'`,
  `secretType !== 'both' || level < 2`,
]
for (const condition of sound)
  test(`"${condition}" is let be`, () => assert.deepEqual(verdicts(`if (${condition}) f()`), []))

test('TypeScript is read, and lines stay where they are', () => {
  const source = `interface A {\n  a: string\n}\nexport function f(st: string): boolean {\n  return st !== 'both' || st !== 'response'\n}`
  assert.deepEqual(verdicts(source, 'index.ts'), ['5 always'])
})

test('modules and old scripts are both read, what is neither says why', () => {
  assert.deepEqual(verdicts(`#!/usr/bin/env node\nimport a from 'a'\nawait a`), [])
  assert.deepEqual(verdicts(`with (a) { b }\nreturn 1`), [])
  assert.ok('reason' in parseSource('index.js', 'const = 1'))
})
