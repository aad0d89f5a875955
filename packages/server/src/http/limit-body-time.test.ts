import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import Fastify from 'fastify'
import { limitBodyTime } from './limit-body-time.ts'

async function opened(t: { after(work: () => Promise<void>): void }) {
  const server = Fastify()
  let at = 0
  const late: string[] = []
  limitBodyTime(server, {
    tick: () => at,
    // Every look is a turn of the event loop, whatever it was to wait.
    sleep: (_ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) reject(new Error('closed'))
        else setImmediate(resolve)
      }),
    onLate(request) {
      late.push(request.url ?? '')
      request.socket.destroy()
    },
  })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  server.post('/whole', (_request, reply) => reply.send('read'))
  await server.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, payload, parsed) => {
      parsed(null, payload)
    })
    scope.post('/stream', { config: { takesStream: true } }, (_request, reply) => reply.send('open'))
    done()
  })
  await server.listen({ host: '127.0.0.1', port: 0 })
  t.after(() => server.close())
  const { port } = server.server.address() as AddressInfo
  const send = (path: string): ReturnType<typeof connect> => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: a/b\r\ncontent-length: 10\r\n\r\nhalf`)
    return socket
  }
  return {
    late,
    send,
    pass: (ms: number) => (at += ms),
    answered: (path: string) => fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: 'whole' }),
  }
}

test('a body that does not come within half a minute ends its connection', { timeout: 30_000 }, async (t) => {
  const { late, send, pass, answered } = await opened(t)
  const socket = send('/whole')
  assert.equal(await (await answered('/whole')).text(), 'read')
  assert.deepEqual(late, [])
  pass(30_001)
  await once(socket, 'close')
  assert.deepEqual(late, ['/whole'])
})

test('a route that reads a stream keeps its own time', { timeout: 30_000 }, async (t) => {
  const { late, send, pass } = await opened(t)
  const streaming = send('/stream')
  await once(streaming, 'data')
  pass(60_000)
  const whole = send('/whole')
  await new Promise((resolve) => setTimeout(resolve, 50))
  pass(30_001)
  await once(whole, 'close')
  assert.deepEqual(late, ['/whole'])
  assert.equal(streaming.destroyed, false)
  streaming.destroy()
})
