import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { CallFacts, Json } from '@drawbridge/runtime'
import type { FunctionFacts } from '../functions/function-facts.ts'
import type { FunctionCall } from '../functions/function-host.ts'
import { keepThrownDetail } from '../functions/thrown-detail.ts'
import type { NativeMethod, NativeObject } from '../functions/native-object.ts'
import { openedCall } from '../secure-network/opened-call.ts'
import type { Space } from '../spaces/space.ts'
import { admittedCall } from './admitted-call-fixture.ts'
import type { CallIntake } from './call-intake.ts'
import { createCallPath } from './create-call-path.ts'
import { createFunctionCalls } from './create-function-calls.ts'

const space: Space = {
  spaceId: 's',
  clientSecret: 'c',
  origins: [],
  provider: 'aliyun',
  workers: { max: 1, memoryMb: 64, timeoutSeconds: 1, queueMax: 1 },
  environment: {},
}
const facts: CallFacts = {
  source: 'client',
  requestId: 'r-1',
  secretType: 'none',
  clientInfo: { appId: '__UNI__A' },
  clientIp: '203.0.113.7',
  userAgent: 'agent/1',
  uniIdToken: 't.o.k',
}

function functionFacts(name: string, kind: FunctionFacts['kind']): FunctionFacts {
  return { name, kind, file: `/${name}`, timeoutSeconds: 1, concurrency: 1, triggers: [] }
}

const login: NativeMethod = (call, params) => Promise.resolve({ ran: call.space.spaceId, params })

function opened({ fail }: { readonly fail?: DrawbridgeError } = {}) {
  const ran: FunctionCall[] = []
  const functions = new Map([
    ['hello', functionFacts('hello', 'function')],
    ['todo', functionFacts('todo', 'object')],
    ['shadow', functionFacts('shadow', 'object')],
  ])
  const natives: readonly NativeObject[] = [
    { name: 'shadow', methods: { login } },
    {
      name: 'native',
      methods: {
        login,
        nothing: () => Promise.resolve(undefined),
        refuse: () => Promise.reject(new DrawbridgeError('STORE_UNAVAILABLE')),
      },
    },
  ]
  const path = createCallPath({
    host: {
      call: (call) => {
        ran.push(call)
        return fail ? Promise.reject(fail) : Promise.resolve('{"host":true}')
      },
      find: (_spaceId, name) => functions.get(name),
    },
    natives,
  })
  const answer = async (name: string, args: Readonly<Record<string, Json>> = {}, more: Partial<CallFacts> = {}) =>
    JSON.parse(await path.answer(admittedCall({ space, name, args, facts: { ...facts, ...more } }))) as unknown
  const intake: CallIntake = { answer: (call) => path.answer(admittedCall(call)) }
  return { path, intake, ran, answer }
}

test('a function is given what the caller sent, and the facts of the call', async () => {
  const { ran, answer } = opened()
  assert.deepEqual(await answer('hello', { a: 1 }), { host: true })
  assert.deepEqual(ran, [{ spaceId: 's', name: 'hello', event: { a: 1 }, facts, depth: 0 }])
})

test('an object is given method and parameters and nothing else', async () => {
  const { ran, answer } = opened()
  await answer('todo', { method: 'add', params: [1, null], more: true })
  await answer('todo', { method: 'list' })
  assert.deepEqual(
    ran.map(({ event }) => event),
    [
      { method: 'add', params: [1, null] },
      { method: 'list', params: [] },
    ],
  )
})

test('the project’s object goes before the built-in one of the same name', async () => {
  const { ran, answer } = opened()
  assert.deepEqual(await answer('shadow', { method: 'login' }), { host: true })
  assert.equal(ran.length, 1)
})

test('a built-in object runs its own methods with their parameters as they came; undefined becomes null', async () => {
  const { answer } = opened()
  assert.deepEqual(await answer('native', { method: 'login', params: [{ code: 'x' }] }), {
    ran: 's',
    params: [{ code: 'x' }],
  })
  assert.equal(await answer('native', { method: 'nothing' }), null)
})

test('a method that is unknown, inherited or private is a result with an errCode, and nothing runs', async () => {
  const { ran, answer } = opened()
  const names = ['constructor', 'toString', '__proto__', 'hasOwnProperty', '_login', '_before', 'unknown', '']
  for (const method of names) {
    const result = (await answer('native', { method, params: [] })) as Record<string, unknown>
    assert.equal(result['errCode'], 'METHOD_NOT_FOUND', method)
    assert.equal(result['errSubject'], 'native')
  }
  for (const args of [{}, { method: 7 }, { method: ['login'] }, { method: '_private' }, { params: [] }])
    assert.equal(((await answer('todo', args as never)) as { errCode?: string }).errCode, 'METHOD_NOT_FOUND')
  assert.equal(ran.length, 0)
})

test('a method that the host does not find is the same result', async () => {
  const { answer } = opened({ fail: new DrawbridgeError('FUNCTION_METHOD_UNKNOWN') })
  assert.deepEqual(await answer('todo', { method: 'gone', params: [] }), {
    errCode: 'METHOD_NOT_FOUND',
    errMsg: 'Method name "gone" not found in todo',
    errSubject: 'todo',
  })
})

test('what an object’s method threw with an errCode is a result for a client, and an error for all others', async () => {
  const fail = new DrawbridgeError('FUNCTION_FAILED', { name: 'todo', message: 'no room', errCode: 'todo-full' })
  keepThrownDetail(fail, { room: 0 })
  const { answer } = opened({ fail })
  const call = { method: 'add', params: [] }
  assert.deepEqual(await answer('todo', call), { errCode: 'todo-full', errMsg: 'no room', detail: { room: 0 } })
  for (const source of ['function', 'http', 'timing', 'server'] as const)
    await assert.rejects(answer('todo', call, { source }), fail)
  await assert.rejects(answer('hello'), fail)
})

test('what an object’s method threw without an errCode, or with one that says all is well, is an error', async () => {
  for (const detail of [{}, { errCode: 0 }, { errCode: '' }]) {
    const fail = new DrawbridgeError('FUNCTION_FAILED', { name: 'todo', message: 'no', ...detail })
    await assert.rejects(opened({ fail }).answer('todo', { method: 'add' }), fail)
  }
})

test('parameters that are no list, or too many, are refused', async () => {
  const { answer } = opened()
  for (const params of [{ 0: 'x' }, 'x', 7, Array(65).fill(0)])
    await assert.rejects(answer('todo', { method: 'add', params }), { code: 'REQUEST_INVALID' })
})

test('a name that nobody has is not found, whatever it is', async () => {
  const { answer } = opened()
  const names = ['nobody', 'constructor', '__proto__', 'toString', 'uni-stat-receiver', 'DCloud-clientDB', '../hello']
  for (const name of names)
    await assert.rejects(answer(name, { method: 'login' }), { code: 'FUNCTION_NOT_FOUND' }, name)
})

test('the path tells what a name is, and of one that nobody has nothing', () => {
  const { path } = opened()
  const kinds = ['hello', 'todo', 'native', 'nobody', 'constructor'].map((name) => path.kindOf('s', name))
  assert.deepEqual(kinds, ['function', 'object', 'object', undefined, undefined])
})

test('a call that was opened and not admitted does not compile into the path', async () => {
  const { path } = opened()
  const call = openedCall(
    { wire: 'v1', space, target: { kind: 'function', name: 'hello' }, args: {}, facts },
    undefined,
  )
  // @ts-expect-error -- an OpenedCall is not an AdmittedCall
  await path.answer(call)
  const { wire, target, args } = call
  // @ts-expect-error -- nor is anything that looks like one
  await path.answer({ wire, space, target, args, facts, proof: undefined })
})

test('what a built-in object throws goes on as it is', async () => {
  const { answer } = opened()
  await assert.rejects(answer('native', { method: 'refuse' }), { code: 'STORE_UNAVAILABLE' })
})

test('a timer reaches an object without naming a method', async () => {
  const { ran, answer } = opened()
  await answer('todo', {}, { source: 'timing', timer: { trigger: 'hourly', dueAt: 1 } })
  assert.deepEqual(ran[0]?.event, {})
})

test('a function calls another with its data alone: no client, no token, one deeper', async () => {
  const { intake, ran } = opened()
  const call = createFunctionCalls(() => intake)
  const ask = { space, name: 'hello', facts, depth: 2 }
  assert.deepEqual(await call(ask, 'callFunction', { name: 'hello', data: { a: 1 } }), { host: true })
  assert.deepEqual(ran, [
    {
      spaceId: 's',
      name: 'hello',
      event: { a: 1 },
      facts: { source: 'function', requestId: 'r-1', secretType: 'none', clientInfo: {}, clientIp: '', userAgent: '' },
      depth: 3,
    },
  ])
})

test('a function reaches an object, and a built-in one, by method and parameters', async () => {
  const { intake, ran } = opened()
  const call = createFunctionCalls(() => intake)
  const ask = { space, name: 'hello', facts, depth: 0 }
  await call(ask, 'callFunction', { name: 'todo', data: { method: 'add', params: [1] } })
  assert.deepEqual(ran[0]?.event, { method: 'add', params: [1] })
  assert.deepEqual(await call(ask, 'callFunction', { name: 'native', data: { method: 'login', params: [] } }), {
    ran: 's',
    params: [],
  })
})

test('what a worker asks wrongly is refused', async () => {
  const { intake } = opened()
  const call = createFunctionCalls(() => intake)
  const ask = { space, name: 'hello', facts, depth: 0 }
  const rows: readonly (readonly [method: string, params: Json])[] = [
    ['callFunction', null],
    ['callFunction', 'hello'],
    ['callFunction', { name: 7 }],
    ['callFunction', { name: '' }],
    ['callFunction', { name: 'hello', data: [] }],
    ['callFunction', { name: 'hello', data: 'x' }],
    ['callFunction', { name: 'hello', spaceId: 'other' }],
    ['constructor', { name: 'hello' }],
  ]
  for (const [method, params] of rows)
    await assert.rejects(call(ask, method, params), { code: 'REQUEST_INVALID' }, JSON.stringify(params))
})
