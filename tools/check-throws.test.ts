import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkThrows } from './check-throws.ts'
import { messagesOf } from './messages-of.ts'

const say = (text: string, path = 'packages/bridge/src/a.ts'): readonly string[] =>
  messagesOf(checkThrows, { [path]: text }).map((message) => message.slice(path.length))

test('typed throws and rethrows pass', () => {
  assert.deepEqual(say("throw new DrawbridgeError('SYSTEM_ERROR')"), [])
  assert.deepEqual(say('try { a() } catch (error) { throw error }'), [])
  assert.deepEqual(say('throw asDrawbridgeError(error)'), [])
  assert.deepEqual(say('throw signal.reason'), [])
  assert.deepEqual(say("throw isOurs ? error : new DrawbridgeError('SYSTEM_ERROR')"), [])
})

test('bare errors are found, thrown or handed on', () => {
  assert.deepEqual(say("\nthrow new Error('x')"), [':2 new Error: make it a DrawbridgeError'])
  assert.deepEqual(say('reject(new TypeError())'), [':1 new TypeError: make it a DrawbridgeError'])
  assert.deepEqual(say('throw new Oops()'), [':1 throw new Oops: throw a DrawbridgeError'])
  assert.deepEqual(say('throw isOurs ? error : new Oops()'), [':1 throw new Oops: throw a DrawbridgeError'])
  assert.deepEqual(say("throw 'x'"), [':1 throw a DrawbridgeError, or what was caught'])
})

test('a code that the error table does not have is found', () => {
  assert.deepEqual(say("throw new DrawbridgeError('NO_SUCH_CODE')"), [':1 the error table has no NO_SUCH_CODE'])
  assert.deepEqual(say("throw new DrawbridgeError('constructor')"), [':1 the error table has no constructor'])
})

test('the simulator has its own typed error, and not ours', () => {
  const path = 'packages/simulator/src/a.ts'
  assert.deepEqual(say("throw new SimulatorError('x')", path), [])
  assert.deepEqual(say("throw new DrawbridgeError('SYSTEM_ERROR')", path), [
    ':1 throw new DrawbridgeError: throw a SimulatorError',
  ])
})

test('the errors of the reference are thrown only where its callers meet them', () => {
  const text = "throw new BridgeError('x')"
  assert.deepEqual(say(text, 'packages/bridge/src/open-bridge/a.ts'), [])
  assert.deepEqual(say(text), [':1 throw new BridgeError: throw a DrawbridgeError'])
})

test('any is found', () => {
  assert.deepEqual(say('const a = b as any'), [':1 any: say what it is, or unknown and a check'])
})

test('tests may throw what they like', () => {
  assert.deepEqual(say("throw new Error('x')", 'packages/bridge/src/a.test.ts'), [])
})
