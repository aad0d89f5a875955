import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json, JsonObject } from '@drawbridge/runtime'
import { DEPTH_MAX } from './call-lane.ts'
import { functionOf, openHost, SPACE_ID } from './host-fixture.ts'
import type { FunctionHost } from './function-host.ts'
import type { AskContext, WorkerServices } from './ask-context.ts'

/** Lets functions call one another, as the server does. */
function calling(host: () => FunctionHost): WorkerServices {
  return {
    async call({ depth, facts }, _method, params) {
      const { name, data } = params as { name: string; data?: JsonObject }
      const text = await host().call({ spaceId: SPACE_ID, name, event: data ?? {}, facts, depth: depth + 1 })
      return JSON.parse(text) as Json
    },
  }
}

const callNext = functionOf(
  'next',
  "if (event.left === 0) return 'end'; const { result } = await uniCloud.callFunction({ name: 'next', data: { left: event.left - 1 } }); return result",
)

describe('what functions ask the server for', () => {
  test('comes back, in the name of the call that asks', async (t) => {
    const asked: AskContext[] = []
    const { call } = await openHost(t, callNext, {
      services: (host) => ({
        call: (ask, method, params) => {
          asked.push(ask)
          return (calling(host)['call'] ?? assert.fail())(ask, method, params)
        },
      }),
    })
    assert.equal(await call('next', { left: 2 }), 'end')
    assert.deepEqual(
      asked.map(({ name, depth, space, facts }) => [name, depth, space.spaceId, facts.requestId]),
      [
        ['next', 0, SPACE_ID, 'r1'],
        ['next', 1, SPACE_ID, 'r1'],
      ],
    )
  })

  test('cannot lock the workers up, however deep and many the calls are', async (t) => {
    const { call } = await openHost(t, callNext, { workers: { max: 1 }, services: calling })
    const results = await Promise.all([1, 2, 3, 4].map(() => call('next', { left: 4 })))
    assert.deepEqual(results, ['end', 'end', 'end', 'end'])
  })

  test('ends at the depth that is allowed', async (t) => {
    const { call, code } = await openHost(t, callNext, { workers: { max: 4 }, services: calling })
    assert.equal(await call('next', { left: DEPTH_MAX }), 'end')
    await assert.rejects(call('next', { left: 0 }, { depth: DEPTH_MAX + 1 }), { code: 'FUNCTION_DEPTH_EXCEEDED' })
    assert.equal(await code('next', { left: DEPTH_MAX + 1 }), 'FUNCTION_FAILED')
  })

  test('fails with the code of the error, or with a bare one', async (t) => {
    const { call, events } = await openHost(
      t,
      functionOf(
        'ask',
        'try { await uniCloud.callFunction({ name: event.name }) } catch (e) { return { code: e.code ?? e.errCode, text: String(e.message) } }',
      ),
      {
        services: () => ({
          call: async (_ask, _method, params) => {
            if (JSON.stringify(params).includes('known')) throw new DrawbridgeError('FUNCTION_BUSY', { name: 'x' })
            throw new TypeError('the password is 1234')
          },
        }),
      },
    )
    const known = (await call('ask', { name: 'known' })) as { code: string }
    const other = (await call('ask', { name: 'other' })) as { code: string; text: string }
    assert.equal(known.code, 'FUNCTION_BUSY')
    assert.equal(other.code, 'SYSTEM_ERROR')
    assert.ok(!JSON.stringify(other).includes('1234'))
    const failed = events.find((event) => event.type === 'ask-failed')
    assert.ok(failed?.type === 'ask-failed' && failed.cause instanceof TypeError)
  })
})
