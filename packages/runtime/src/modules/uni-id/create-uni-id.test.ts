import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startWorkerFixture } from '../../worker/worker-fixture.ts'

test('tokens are asked of the server, for the client of the instance', async () => {
  const asked: unknown[] = []
  await using worker = await startWorkerFixture(
    {
      'f/index.js': `const uniID = require('uni-id-common')
        exports.main = async (event, context) => {
          const uniIDIns = uniID.createInstance({ context })
          return [await uniIDIns.checkToken('t'), await uniIDIns.checkToken('t', { autoRefresh: false }),
            await uniIDIns.refreshToken({ token: 't' }), await uniIDIns.checkToken()]
        }`,
      'o/index.obj.js': `const uniID = require('uni-id-common')
        module.exports = {
          _before() { this.uniID = uniID.createInstance({ clientInfo: this.getClientInfo() }) },
          login() { return this.uniID.createToken({ uid: 'u', role: ['admin'], permission: [] }) },
          hook() { try { this.uniID.setInterceptor('customToken', () => 1) } catch (error) { return error.code } },
        }`,
    },
    {
      answer(...ask) {
        asked.push(ask.slice(0, 3))
        return { errCode: 0 }
      },
    },
  )
  const clientInfo = { appId: 'A', uniPlatform: 'web', locale: 'en', deviceId: 'd' }
  assert.deepEqual((await worker.call('f', {}, { clientInfo })).value, Array(4).fill({ errCode: 0 }))
  const client = { appId: 'A', platform: 'web', locale: 'en', clientIP: '203.0.113.7', deviceId: 'd' }
  assert.deepEqual(asked.splice(0), [
    ['uniId', 'checkToken', { token: 't', autoRefresh: true, clientInfo: client }],
    ['uniId', 'checkToken', { token: 't', autoRefresh: false, clientInfo: client }],
    ['uniId', 'refreshToken', { token: 't', clientInfo: client }],
    ['uniId', 'checkToken', { token: '', autoRefresh: true, clientInfo: client }],
  ])
  assert.deepEqual((await worker.call('o', { method: 'login' }, { clientInfo })).value, { errCode: 0 })
  const told = {
    ...clientInfo,
    platform: 'web',
    clientIP: '203.0.113.7',
    userAgent: 'test/1',
    source: 'client',
    requestId: 'request-2',
    secretType: 'none',
  }
  assert.deepEqual(asked, [['uniId', 'createToken', { uid: 'u', role: ['admin'], permission: [], clientInfo: told }]])
  assert.equal((await worker.call('o', { method: 'hook' })).value, 'UNICLOUD_NOT_SUPPORTED')
})
