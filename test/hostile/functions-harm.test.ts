import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openFunctionsWorld } from './functions-world.ts'

const SHORT = JSON.stringify({ 'cloudfunction-config': { timeout: 3 } })

/** A body, and the codes that its own call may end with. */
const harms: readonly (readonly [what: string, body: string, codes: readonly string[]])[] = [
  ['throws', "throw new Error('no')", ['FUNCTION_FAILED']],
  ['throws nothing at all', 'throw undefined', ['FUNCTION_FAILED']],
  ['ends its process', 'process.exit(0)', ['FUNCTION_CRASHED']],
  ['aborts its process', 'process.abort()', ['FUNCTION_CRASHED']],
  ['kills its process', "process.kill(process.pid, 'SIGKILL'); await new Promise(() => {})", ['FUNCTION_CRASHED']],
  ['never returns', 'await new Promise(() => {})', ['FUNCTION_TIMED_OUT']],
  ['loops', 'for (;;);', ['FUNCTION_TIMED_OUT']],
  ['loops in microtasks', 'for (;;) await null', ['FUNCTION_TIMED_OUT']],
  [
    'chains promises without end',
    'const on = () => Promise.resolve().then(on); await on()',
    ['FUNCTION_TIMED_OUT', 'FUNCTION_MEMORY_EXCEEDED'],
  ],
  ['loops in a regular expression', "/^(a+)+$/.test('a'.repeat(60) + 'b')", ['FUNCTION_TIMED_OUT']],
  [
    'rejects beside its call',
    "Promise.reject(new Error('aside')); await new Promise((go) => setTimeout(go, 1000))",
    ['FUNCTION_FAILED', 'FUNCTION_CRASHED'],
  ],
  [
    'throws beside its call',
    "setTimeout(() => { throw new Error('aside') }); await new Promise((go) => setTimeout(go, 1000))",
    ['FUNCTION_FAILED', 'FUNCTION_CRASHED'],
  ],
  ['recurses for ever', 'const f = () => f() + 1; return f()', ['FUNCTION_FAILED']],
  [
    'fills the heap',
    'const kept = []; for (;;) kept.push(new Array(1000).fill({ a: 1 }).map((x) => ({ ...x })))',
    ['FUNCTION_MEMORY_EXCEEDED'],
  ],
  [
    'fills buffers with 1 GB',
    'const kept = []; for (let i = 0; i < 64; i += 1) { kept.push(Buffer.alloc(16 * 1024 * 1024, 1)); await new Promise((go) => setTimeout(go, 20)) } await new Promise(() => {})',
    ['FUNCTION_MEMORY_EXCEEDED'],
  ],
  ['returns too much', "return 'x'.repeat(20 * 1024 * 1024)", ['FUNCTION_RESULT_INVALID']],
  ['returns a circle', 'const a = {}; a.a = a; return a', ['FUNCTION_RESULT_INVALID', 'FUNCTION_FAILED']],
  [
    'writes junk to the pipe',
    "require('fs').writeSync(3, Buffer.alloc(64, 255)); await new Promise(() => {})",
    ['FUNCTION_FRAME_INVALID'],
  ],
  [
    'announces a frame that never comes',
    "require('fs').writeSync(3, Buffer.from([0, 127, 255, 255, 0, 0, 0, 2, 123])); await new Promise(() => {})",
    ['FUNCTION_TIMED_OUT'],
  ],
  ['closes the pipe', "require('fs').closeSync(3); return 1", ['FUNCTION_CRASHED', 'FUNCTION_TIMED_OUT', 'OK']],
  ['logs without end', "for (;;) console.log('x'.repeat(1000))", ['FUNCTION_TIMED_OUT', 'FUNCTION_MEMORY_EXCEEDED']],
  [
    'writes to stdout without end',
    "for (;;) process.stdout.write('x'.repeat(100000) + '\\n')",
    ['FUNCTION_TIMED_OUT', 'FUNCTION_MEMORY_EXCEEDED'],
  ],
  [
    'writes log frames without end',
    `const head = JSON.stringify({ t: 'log', call: 1, level: 'log', text: 'x' })
     const frame = Buffer.alloc(8 + head.length)
     frame.writeUInt32BE(4 + head.length, 0); frame.writeUInt32BE(head.length, 4); frame.write(head, 8)
     const many = Buffer.concat(Array.from({ length: 1000 }, () => frame)), fs = require('fs')
     for (;;) try { fs.writeSync(3, many) } catch {}`,
    ['FUNCTION_TIMED_OUT', 'FUNCTION_FRAME_INVALID'],
  ],
  [
    'asks without end',
    "for (;;) { uniCloud.callFunction({ name: 'fine' }).catch(() => {}); if (Math.random() < 0.01) await new Promise((go) => setImmediate(go)) }",
    ['FUNCTION_TIMED_OUT', 'FUNCTION_MEMORY_EXCEEDED'],
  ],
]

describe('a function that', { concurrency: 1 }, () => {
  for (const [what, body, codes] of harms) {
    test(`${what} costs its own call, and no other`, { timeout: 60_000 }, async (t) => {
      const { code, besides, call } = await openFunctionsWorld(
        t,
        { harm: body },
        {
          services: { call: () => new Promise(() => undefined) },
          // What is not meant to be late has time, however busy the machine is.
          ...(codes.includes('FUNCTION_TIMED_OUT') && { files: { 'harm/package.json': SHORT } }),
        },
      )
      const { result, codes: others } = await besides(code('harm'))
      assert.ok(codes.includes(result), result)
      assert.deepEqual(others, ['OK'])
      assert.equal(await call('fine', { n: 7 }), 7)
    })
  }
})
