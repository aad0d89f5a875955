import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openFunctionsWorld } from './functions-world.ts'

/** What a function leaves behind when it returns. */
const leftovers: readonly (readonly [what: string, body: string])[] = [
  ['a timer', 'setInterval(() => {}, 10)'],
  ['a timer that ends the process', 'setTimeout(() => process.exit(1), 5)'],
  ['a timer that throws', "setTimeout(() => { throw new Error('late') }, 5)"],
  ['an endless loop', 'setTimeout(() => { for (;;); }, 1)'],
  ['an endless loop that comes at once', 'setImmediate(() => { for (;;); })'],
  ['an endless chain of promises', 'const on = () => Promise.resolve().then(on); setTimeout(on, 1)'],
  ['a server', "require('http').createServer().listen(0)"],
  ['a late rejection', "setTimeout(() => Promise.reject(new Error('late')), 5)"],
  ['a flood of words', "setInterval(() => { for (let i = 0; i < 1000; i += 1) console.log('late') }, 1)"],
  ['150 MB', 'global.kept = Buffer.alloc(150 * 1024 * 1024, 1)'],
  ['a patched JSON', 'JSON.parse = () => { throw 1 }; JSON.stringify = () => undefined'],
  ['a patched prototype', "Object.prototype.toJSON = () => 'wrong'; Promise.prototype.then = undefined"],
]

describe('a function that leaves behind', { concurrency: 1 }, () => {
  for (const [what, body] of leftovers) {
    test(`${what} fails no call that comes later`, { timeout: 60_000 }, async (t) => {
      const { code, call } = await openFunctionsWorld(
        t,
        { leave: `${body}; return 'left'` },
        {
          workers: { max: 1 },
          files: { 'leave/package.json': JSON.stringify({ 'cloudfunction-config': { timeout: 3 } }) },
        },
      )
      const codes = new Set<string>()
      for (let n = 0; n < 3; n += 1) {
        // What it left may come over the call itself before its result is sent.
        await code('leave')
        for (let m = 0; m < 3; m += 1) codes.add(await code('fine', { n: m }))
      }
      assert.deepEqual([...codes], ['OK'])
      assert.equal(await call('fine', { n: 5 }), 5)
    })
  }
})
