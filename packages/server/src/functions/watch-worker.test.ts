import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { functionOf, openHost } from './host-fixture.ts'

/** Work in Node's thread pool that nobody waits for, and that says so and ends in `then` when the call has ended. */
const later = (then: string): string =>
  `require('crypto').pbkdf2('a', 'b', 200000, 64, 'sha512', () => { console.log('later'); ${then} }); return 'left'`
const numbers = functionOf('n', 'return [event.n, process.pid]')

describe('a worker', () => {
  test('that gets a signal with all other processes, as by Ctrl-C, finishes its call', async (t) => {
    const { call } = await openHost(
      t,
      functionOf('pid', 'await new Promise((go) => setTimeout(go, event.ms)); return process.pid'),
    )
    const pid = Number(await call('pid', { ms: 0 }))
    const running = call('pid', { ms: 800 })
    await wait(200)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.kill(pid, signal)
    assert.equal(await running, pid)
    assert.equal(await call('pid', { ms: 0 }), pid)
  })

  test('that is stuck in what an earlier call left gives its next call to another', async (t) => {
    const { call, host, until } = await openHost(
      t,
      { ...functionOf('leave', later('for (;;);')), ...numbers },
      { workers: { max: 1 } },
    )
    const [, before] = (await call('n', { n: 0 })) as [number, number]
    assert.equal(await call('leave'), 'left')
    while (!host.log.read({}).some(({ text }) => text === 'later')) await wait(5)
    const [n, after] = (await call('n', { n: 1 })) as [number, number]
    assert.equal(n, 1)
    assert.notEqual(after, before)
    await until((event) => event.type === 'worker-ended' && event.why === 'stuck')
    assert.deepEqual(
      host.log.read({ name: 'n' }).map(({ end }) => end?.code),
      ['OK', 'OK'],
    )
  })

  test('that was ended by what an earlier call left is replaced', async (t) => {
    const { call, until } = await openHost(
      t,
      { ...functionOf('leave', later('process.exit(1)')), ...numbers },
      { workers: { max: 1 } },
    )
    const [, before] = (await call('n', { n: 0 })) as [number, number]
    assert.equal(await call('leave'), 'left')
    await until((event) => event.type === 'worker-ended' && event.pid === before && event.why === 'own')
    const [n, after] = (await call('n', { n: 1 })) as [number, number]
    assert.equal(n, 1)
    assert.notEqual(after, before)
  })

  test('that is slow to begin its first call is not taken for stuck', async (t) => {
    const { call, events } = await openHost(t, {
      'slow/index.js':
        "const until = Date.now() + 600; while (Date.now() < until); exports.main = async () => 'loaded'",
    })
    assert.equal(await call('slow'), 'loaded')
    assert.deepEqual(
      events.filter(({ type }) => type === 'worker-ended'),
      [],
    )
  })

  test('that holds too much memory when its call is over is replaced, and no call fails', async (t) => {
    const { call, until } = await openHost(
      t,
      functionOf('keep', 'global.kept = Buffer.alloc(250 * 1024 * 1024, 1); return process.pid'),
      { workers: { max: 1, memoryMb: 400 } },
    )
    const first = await call('keep')
    await until((event) => event.type === 'worker-ended' && event.why === 'memory')
    assert.notEqual(await call('keep'), first)
  })

  test('in which calls run together ends late ones one by one', async (t) => {
    const { code } = await openHost(
      t,
      functionOf('wait', 'await new Promise((go) => setTimeout(go, event.ms)); return event.ms', {
        concurrency: 10,
        timeout: 4,
      }),
      { workers: { max: 1 } },
    )
    assert.equal(await code('wait', { ms: 1 }), 'OK')
    const late = code('wait', { ms: 60_000 })
    await wait(2500)
    // It ends when the late one has been ended, and long before its own time is over.
    const inTime = code('wait', { ms: 2000 })
    assert.deepEqual(await Promise.all([late, inTime]), ['FUNCTION_TIMED_OUT', 'OK'])
  })
})
