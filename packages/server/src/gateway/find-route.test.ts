import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ErrorCode } from '@drawbridge/protocol'
import { createFindRoute } from './find-route.ts'
import { gatewayRoute } from './gateway-fixture.ts'

const find = createFindRoute([
  gatewayRoute({ name: 'admin', path: '/orders/admin/*', methods: ['GET'] }),
  gatewayRoute({ name: 'close', path: '/orders/close', methods: ['POST'] }),
  gatewayRoute({ name: 'others', path: '/orders/*', spaceId: 'other' }),
  gatewayRoute({ name: 'read', path: '/orders/*', methods: ['GET'] }),
  gatewayRoute({ name: 'write', path: '/orders/*', methods: ['POST'] }),
])
const ask = (method: string, path: string, spaceId = 'shop') => find({ spaceId, method, path })

test('the first path that fits decides, and of several rows with that path the one with the method', () => {
  assert.equal(ask('GET', '/orders/admin/1').name, 'admin')
  assert.equal(ask('GET', '/orders/admin').name, 'admin')
  assert.equal(ask('GET', '/orders/1').name, 'read')
  assert.equal(ask('POST', '/orders/1').name, 'write')
})

test('a route of another space is none', () => {
  assert.equal(ask('DELETE', '/orders/1', 'other').name, 'others')
  assert.throws(() => ask('DELETE', '/orders/1'), { code: 'GATEWAY_METHOD_REFUSED', detail: { allowed: 'GET, POST' } })
})

const refused: readonly (readonly [what: string, method: string, path: string, code: ErrorCode])[] = [
  ['a path of nobody', 'GET', '/users', 'GATEWAY_ROUTE_UNKNOWN'],
  ['a path with ..', 'GET', '/orders/../users', 'GATEWAY_REQUEST_INVALID'],
  ['a method that only a wider route takes', 'POST', '/orders/admin/1', 'GATEWAY_METHOD_REFUSED'],
  ['a path in capitals that only a wider route takes', 'GET', '/orders/ADMIN/1', 'GATEWAY_ROUTE_UNKNOWN'],
  ['a slash at the end that only a wider route takes', 'POST', '/orders/close/', 'GATEWAY_ROUTE_UNKNOWN'],
  ['a method that nobody knows', 'TRACE', '/orders/1', 'GATEWAY_METHOD_REFUSED'],
]
for (const [what, method, path, code] of refused)
  test(`${what} is refused`, () => {
    assert.throws(() => ask(method, path), { code })
  })
