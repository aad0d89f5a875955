import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startWorkerFixture } from './worker-fixture.ts'

/** Each way tried by a function; the code of what it throws, or what came of it. */
const ways: readonly (readonly [what: string, code: string, expected: string])[] = [
  ['another process cannot be signalled', `process.kill(process.ppid, 0)`, 'FUNCTION_ACCESS_DENIED'],
  ['nor a group of processes', `process.kill(0, 0)`, 'FUNCTION_ACCESS_DENIED'],
  ['nor through what lies below', `process._kill(process.ppid, 0)`, 'TypeError'],
  ['nor debugged', `process._debugProcess(process.ppid)`, 'FUNCTION_ACCESS_DENIED'],
  ['nor slowed down', `require('os').setPriority(process.ppid, 19)`, 'FUNCTION_ACCESS_DENIED'],
  ['nor slowed down by import', `(await import('node:os')).setPriority(process.ppid, 19)`, 'FUNCTION_ACCESS_DENIED'],
  ['no process can be started', `require('child_process').spawnSync('true')`, 'ERR_ACCESS_DENIED'],
  ['nor put in the place of this one', `process.execve('/bin/true', [], {})`, 'FUNCTION_ACCESS_DENIED'],
  ['no thread can be started', `new (require('worker_threads').Worker)('1', { eval: true })`, 'ERR_ACCESS_DENIED'],
  ['Node’s own bindings are out of reach', `process.binding('fs')`, 'FUNCTION_ACCESS_DENIED'],
  ['native code cannot be loaded', `process.dlopen({ exports: {} }, '/x.node')`, 'FUNCTION_ACCESS_DENIED'],
  ['the user cannot be changed', `process.setuid(0)`, 'FUNCTION_ACCESS_DENIED'],
  ['files past the project cannot be read', `require('fs').readFileSync('/etc/passwd')`, 'ERR_ACCESS_DENIED'],
  ['nor written', `require('fs').writeFileSync('x', '')`, 'ERR_ACCESS_DENIED'],
  ['nor opened by SQLite', `new (require('node:sqlite').DatabaseSync)('/etc/x.db')`, 'FUNCTION_ACCESS_DENIED'],
  ['nor by an SQLite imported', `new (await import('node:sqlite')).DatabaseSync(':memory:')`, 'FUNCTION_ACCESS_DENIED'],
  [
    'nor by one that Node hands out',
    `new (process.getBuiltinModule('sqlite') ?? process.getBuiltinModule('node:sqlite')).DatabaseSync('x')`,
    'FUNCTION_ACCESS_DENIED',
  ],
  ['nor by the engine’s flags', `require('v8').setFlagsFromString('--trace-turbo')`, 'FUNCTION_ACCESS_DENIED'],
  ['the server’s environment is not there', `Object.keys(process.env)`, ''],
  ['there is no channel of Node’s own', `typeof process.send + typeof process.report`, 'undefinedundefined'],
]

const outcomes = await tryAll()

async function tryAll(): Promise<readonly unknown[]> {
  const files = ways.map(([, code], i) => [
    `way-${i}/index.js`,
    `exports.main = async () => {
      try { return String(${code}) } catch (error) { return error.code ?? error.name }
    }`,
  ])
  await using worker = await startWorkerFixture(Object.fromEntries(files) as Record<string, string>)
  const tried: unknown[] = []
  for (const i of ways.keys()) tried.push((await worker.call(`way-${i}`)).value)
  return tried
}

for (const [i, [what, code, expected]] of ways.entries()) {
  test(`${what}: ${code}`, () => {
    assert.equal(outcomes[i], expected)
  })
}

test('a function may end its own process', async () => {
  await using worker = await startWorkerFixture({
    'end/index.js': `exports.main = () => process.exit(7)`,
    'kill/index.js': `exports.main = () => process.kill(process.pid, 'SIGKILL')`,
  })
  assert.equal((await worker.call('end')).fault.code, 'FUNCTION_CRASHED')
  assert.equal(await worker.exited, 7)
})
