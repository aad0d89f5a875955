import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { JsonObject } from '@drawbridge/runtime'
import { wireError } from '../secure-network/wire-error.ts'
import { createFindRoute } from './find-route.ts'
import { readRouteData } from './read-route-data.ts'
import { readSocketData } from './socket/read-socket-data.ts'

const limits = { method: 'GET', bodyMaxBytes: 100 }
const read = (data: JsonObject) => (): void => void readRouteData(data, limits)

for (const [what, run, told] of [
  ['a query', read({ query: 'SENT it' }), 'query: not encoded'],
  ['a query that is none', read({ query: 7 }), 'query: wrong'],
  ['a field that is none', read({ SENT: 7 }), 'data: wrong'],
  ['a header that is no text', read({ header: { SENT: 7 } }), 'header: wrong'],
  ['the name of a header', read({ header: { 'SENT ': 'a' } }), 'header: the name of one'],
  ['the value of a header', read({ header: { 'X-Trace': 'SENT\n' } }), 'header: the value of x-trace'],
  ['a header twice', read({ header: { A: 'SENT', a: 'SENT' } }), 'header: a stands there twice'],
  ['a long name', read({ header: { ['a'.repeat(5000)]: 'SENT\n' } }), `header: the value of ${'a'.repeat(64)}`],
  ['a body', read({ body: 'SENT' }), 'body: none with GET'],
  ['bytes', read({ body: 'SENT!', encoding: 'base64url' }), 'body: not base64url'],
  ['protocols', () => void readSocketData({ protocols: ['SENT it'] }), 'protocols: no list of different tokens'],
  [
    'a path',
    () => void createFindRoute([])({ spaceId: 's', method: 'GET', path: '/SENT/..' }),
    'path: could mean more than one',
  ],
] as const)
  test(`a client that sends ${what} wrong is told so, and nothing of what it sent`, () => {
    assert.throws(run, (error) => {
      assert.ok(error instanceof DrawbridgeError)
      assert.equal(error.code, 'GATEWAY_REQUEST_INVALID')
      const { errMsg } = wireError(error)
      assert.ok(errMsg.endsWith(` (${told})`), errMsg)
      assert.doesNotMatch(`${errMsg}${JSON.stringify(error.detail)}`, /SENT/)
      return true
    })
  })
