import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { Caller } from '../../callers/caller.ts'
import { parseScope } from '../../callers/scope.ts'
import { createFunctionLog } from '../../functions/create-function-log.ts'
import type { FunctionFacts } from '../../functions/function-facts.ts'
import type { FunctionHost } from '../../functions/function-host.ts'
import type { Space } from '../../spaces/space.ts'
import { functionRoutes } from './function-routes.ts'

const NOW = Date.parse('2026-03-01T00:00:00.000Z')
const workers = { max: 1, memoryMb: 128, timeoutSeconds: 10, queueMax: 10 }
const shop: Space = { spaceId: 'shop', clientSecret: 's', origins: [], provider: 'aliyun', workers, environment: {} }
const spaces = [shop, { ...shop, spaceId: 'other' }]
const hello: FunctionFacts = {
  name: 'hello',
  kind: 'function',
  file: '/copy/hello/index.js',
  timeoutSeconds: 10,
  concurrency: 1,
  path: '/hello',
  triggers: [
    { name: 'hourly', cron: '0 0 * * * * *' },
    { name: 'bad', cron: '0 0 99 * * * *' },
  ],
}

interface Body {
  readonly items: readonly Record<string, unknown>[]
  readonly next: number
  readonly faults: readonly object[]
}

function world() {
  const log = createFunctionLog()
  const reloaded: string[] = []
  const functions: FunctionHost = {
    call: () => Promise.reject(new DrawbridgeError('FUNCTION_NOT_FOUND')),
    find: () => undefined,
    list: (spaceId) => (spaceId === 'shop' ? [hello] : []),
    faults: () => Promise.resolve([]),
    reload(spaceId) {
      reloaded.push(spaceId)
      return Promise.resolve([{ name: 'hello', file: '/p/hello/index.js', line: 3, message: 'Unexpected token' }])
    },
    log,
    close: () => Promise.resolve(),
  }
  const say = (spaceId: string, name: string, requestId: string, text: string): void =>
    log.append({ at: NOW, spaceId, name, requestId, level: 'log', text })
  const routes = functionRoutes({ functions, spaces, now: () => NOW })
  return { reloaded, say, ask: (id: string, query: object = {}, scope = '*:*:admin') => ask(routes, id, query, scope) }
}

async function ask(routes: ReturnType<typeof functionRoutes>, id: string, query: object, scope: string): Promise<Body> {
  const route = routes.find(({ operationId }) => operationId === id)
  assert.ok(route)
  const caller: Caller = { id: 'token:1', scheme: 'bearer', scopes: [parseScope(scope)], covers: 'request' }
  const visit = { requestId: 'r', outsideRequestId: undefined, at: NOW, address: '127.0.0.1' }
  const answer = await route.prepare({ params: {}, query, headers: {}, body: undefined })(caller, visit)
  assert.ok(typeof answer.body === 'string')
  return JSON.parse(answer.body) as Body
}

const texts = ({ items }: Body): readonly unknown[] => items.map(({ text }) => text)

describe('the administration of functions', () => {
  it('lists what there is, when its timers are due, and nothing of where it lies', async () => {
    const { items } = await world().ask('listFunctions')
    assert.deepEqual(items, [
      {
        spaceId: 'shop',
        name: 'hello',
        kind: 'function',
        timeoutSeconds: 10,
        concurrency: 1,
        path: '/hello',
        triggers: [{ name: 'hourly', cron: '0 0 * * * * *', nextAt: NOW + 3_600_000 }],
      },
    ])
    assert.deepEqual((await world().ask('listFunctions', { space: 'other' })).items, [])
  })

  it('shows the last lines first and then what came after them', async () => {
    const { ask, say } = world()
    for (let line = 1; line <= 5; line += 1) say('shop', 'hello', `r${line}`, `line ${line}`)
    const first = await ask('readFunctionLogs', { limit: '2' })
    assert.deepEqual(texts(first), ['line 4', 'line 5'])
    assert.deepEqual(texts(await ask('readFunctionLogs', { after: String(first.next) })), [])
    say('shop', 'hello', 'r6', 'line 6')
    const second = await ask('readFunctionLogs', { after: String(first.next) })
    assert.deepEqual(texts(second), ['line 6'])
    assert.equal((await ask('readFunctionLogs', { after: String(second.next) })).next, second.next)
  })

  it('shows one space, one function or one call when it is asked for', async () => {
    const { ask, say } = world()
    say('shop', 'hello', 'r1', 'a')
    say('shop', 'todo', 'r2', 'b')
    say('other', 'hello', 'r3', 'c')
    assert.deepEqual(texts(await ask('readFunctionLogs', { space: 'shop' })), ['a', 'b'])
    assert.deepEqual(texts(await ask('readFunctionLogs', { name: 'hello' })), ['a', 'c'])
    assert.deepEqual(texts(await ask('readFunctionLogs', { requestId: 'r2' })), ['b'])
  })

  it('reloads every space, or the one that is named, and tells what is wrong', async () => {
    const { ask, reloaded } = world()
    const { faults } = await ask('reloadFunctions', { space: 'shop' })
    assert.deepEqual(faults, [
      { spaceId: 'shop', name: 'hello', file: '/p/hello/index.js', line: 3, message: 'Unexpected token' },
    ])
    await ask('reloadFunctions')
    assert.deepEqual(reloaded, ['shop', 'shop', 'other'])
  })

  it('is for administrators only', async () => {
    const { ask, reloaded } = world()
    for (const id of ['listFunctions', 'readFunctionLogs', 'reloadFunctions']) {
      await assert.rejects(ask(id, {}, '*:*:read'), { code: 'CALLER_FORBIDDEN' })
      await assert.rejects(ask(id, {}, 'wx1:*:admin'), { code: 'CALLER_FORBIDDEN' })
    }
    assert.deepEqual(reloaded, [])
  })

  it('of a server without functions is empty', async () => {
    const routes = functionRoutes({ functions: undefined, spaces: [], now: () => NOW })
    assert.deepEqual((await ask(routes, 'listFunctions', {}, '*:*:admin')).items, [])
    assert.deepEqual((await ask(routes, 'readFunctionLogs', {}, '*:*:admin')).items, [])
    assert.deepEqual((await ask(routes, 'reloadFunctions', {}, '*:*:admin')).faults, [])
  })
})
