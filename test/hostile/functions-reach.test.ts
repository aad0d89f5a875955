import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import inspector from 'node:inspector'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { DatabaseSync } from 'node:sqlite'
import { openFunctionsWorld } from './functions-world.ts'

/** Each tries to reach what is not a function's; what it returns is what it got. */
const reaches: readonly (readonly [what: string, body: string])[] = [
  ['the server’s environment', 'return fs.readFileSync(`/proc/${process.ppid}/environ`, "utf8")'],
  ['the server’s memory', 'return fs.openSync(`/proc/${process.ppid}/mem`, "r")'],
  ['the server’s open files', 'return fs.readdirSync(`/proc/${process.ppid}/fd`)'],
  ['its own /proc', 'return fs.readFileSync("/proc/self/environ", "utf8")'],
  ['a key file', 'return fs.readFileSync(path.join(event.secrets, "master.key"), "utf8")'],
  [
    'a key file by a detour',
    'return fs.readFileSync(os.tmpdir() + "/../../.." + event.secrets + "/master.key", "utf8")',
  ],
  ['a key file by bytes', 'return fs.readFileSync(Buffer.from(event.secrets + "/master.key"), "utf8")'],
  [
    'a key file by a link',
    'fs.symlinkSync(event.secrets, os.tmpdir() + "/l"); return fs.readFileSync(os.tmpdir() + "/l/master.key", "utf8")',
  ],
  [
    'a key file by a hard link',
    'fs.linkSync(event.secrets + "/master.key", os.tmpdir() + "/k"); return fs.readFileSync(os.tmpdir() + "/k", "utf8")',
  ],
  ['a key file by a copy', 'fs.cpSync(event.secrets, os.tmpdir() + "/c", { recursive: true }); return 1'],
  ['a key file as an environment file', 'process.loadEnvFile(path.join(event.secrets, "master.key")); return 1'],
  ['a key file as a module', 'return require(path.join(event.secrets, "master.key"))'],
  ['a key file as a blob', 'return await (await fs.openAsBlob(path.join(event.secrets, "master.key"))).text()'],
  [
    'a database',
    'const { DatabaseSync } = require("node:sqlite"); return new DatabaseSync(event.secrets + "/server.sqlite").prepare("select * from keys").all()',
  ],
  [
    'a database as a builtin',
    'const { DatabaseSync } = process.getBuiltinModule("node:sqlite"); return new DatabaseSync(event.secrets + "/server.sqlite").prepare("select * from keys").all()',
  ],
  ['files beside its temporary ones', 'fs.writeFileSync(event.secrets + "/new", "x"); return 1'],
  ['its own code', 'fs.writeFileSync(__filename, "x"); return 1'],
  ['other workers’ files', 'return fs.readdirSync(path.dirname(os.tmpdir()))'],
  ['a shell', 'return require("child_process").execSync("id").toString()'],
  [
    'a child process',
    'return await new Promise((go, no) => { const c = require("child_process").spawn("id"); c.on("error", no); c.on("exit", go) })',
  ],
  [
    'a fork',
    'return await new Promise((go, no) => { const c = require("child_process").fork(__filename); c.on("error", no); c.on("exit", go) })',
  ],
  ['a cluster', 'return require("cluster").fork().id'],
  ['another program in its own place', 'return process.execve("/bin/true", [], {})'],
  ['a thread', 'return new (require("worker_threads").Worker)("1", { eval: true }).threadId'],
  ['a native module', 'return process.dlopen({ exports: {} }, "/x.node")'],
  ['a binding', 'return Object.keys(process.binding("spawn_sync"))'],
  ['an inner binding', 'return Object.keys(process._linkedBinding("spawn_sync"))'],
  ['WASI', 'return new (require("wasi").WASI)({ version: "preview1", preopens: { "/": "/" } }) && 1'],
  ['an inspector of its own', 'require("inspector").open(0); return 1'],
  ['an inspector session', 'new (require("inspector").Session)().connect(); return 1'],
  ['a heap snapshot', 'return require("v8").writeHeapSnapshot(event.secrets + "/x.heapsnapshot")'],
  ['a report', 'return process.report.writeReport(event.secrets + "/x.json")'],
  ['a signal to the server', 'return process.kill(process.ppid, 0)'],
  ['a debug signal to the server', 'return process.kill(process.ppid, "SIGUSR1")'],
  ['a raw signal to the server', 'return process._kill(process.ppid, 10) ?? 1'],
  ['the server as a debugger', 'return process._debugProcess(process.ppid) ?? 1'],
  ['a signal to all', 'return process.kill(-1, 0)'],
  ['the server’s priority', 'return os.setPriority(process.ppid, 19) ?? 1'],
  ['another user', 'return process.setuid(12345) ?? 1'],
]

test('no function reaches past its project', { timeout: 120_000 }, async (t) => {
  const before = 'const fs = require("fs"), os = require("os"), path = require("path");'
  const bodies = Object.fromEntries(
    reaches.map(([, body], i) => [
      `reach${i}`,
      `${before} try { return { got: await (async () => { ${body} })() ?? null } } catch (e) { return { refused: String(e?.code ?? e) } }`,
    ]),
  )
  const { call, secrets, events } = await openFunctionsWorld(t, bodies)
  const database = new DatabaseSync(join(secrets, 'server.sqlite'))
  database.exec("create table keys (k); insert into keys values ('the-key')")
  database.close()
  for (const [i, [what]] of reaches.entries()) {
    const answer = (await call(`reach${i}`, { secrets })) as { got?: unknown; refused?: string }
    assert.ok(answer.refused !== undefined, `${what}: ${JSON.stringify(answer)}`)
  }
  assert.equal(readFileSync(join(secrets, 'master.key'), 'utf8'), 'the-master-key')
  assert.ok(!existsSync(join(secrets, 'new')))
  assert.deepEqual(
    events.filter((event) => event.type === 'worker-ended' && event.why === 'own'),
    [],
  )
})

test('names of prototypes are no functions and no services', async (t) => {
  const ask = (service: string): string =>
    `const head = JSON.stringify({ t: 'ask', id: 99, call: event.id, service: '${service}', method: 'm' })
     const frame = Buffer.alloc(8 + head.length)
     frame.writeUInt32BE(4 + head.length, 0); frame.writeUInt32BE(head.length, 4); frame.write(head, 8)
     require('fs').writeSync(3, frame); await new Promise((go) => setTimeout(go, 50)); return 'alive'`
  const { code, call } = await openFunctionsWorld(t, { a: ask('constructor'), b: ask('__proto__'), c: ask('toString') })
  for (const name of ['constructor', '__proto__', 'hasOwnProperty', 'toString', 'valueOf'])
    assert.equal(await code(name), 'FUNCTION_NOT_FOUND')
  for (const [i, name] of ['a', 'b', 'c'].entries()) assert.equal(await call(name, { id: i + 1 }), 'alive')
})

test('a forged result is JSON all the same, or none', async (t) => {
  const forge = (payload: string): string =>
    `const head = JSON.stringify({ t: 'done', id: event.id, ok: true }), payload = Buffer.from(${JSON.stringify(payload)})
     const frame = Buffer.alloc(8 + head.length + payload.length)
     frame.writeUInt32BE(4 + head.length + payload.length, 0); frame.writeUInt32BE(head.length, 4)
     frame.write(head, 8); payload.copy(frame, 8 + head.length)
     require('fs').writeSync(3, frame); for (;;);`
  const { code } = await openFunctionsWorld(t, { a: forge('1},"success":true,"x":{'), b: forge(''), c: forge('[') })
  for (const name of ['a', 'b', 'c']) assert.equal(await code(name, { id: 1 }), 'FUNCTION_RESULT_INVALID')
})

describe('SIGUSR1', () => {
  test('opens no inspector in a process that hosts functions', async (t) => {
    const { code } = await openFunctionsWorld(t, {})
    process.kill(process.pid, 'SIGUSR1')
    await code('fine')
    await wait(200)
    assert.equal(inspector.url(), undefined)
  })

  test('opens one in a process that does not: the test above would see it', async () => {
    const script = 'setTimeout(() => {}, 20_000); console.log("up")'
    const child = spawn(process.execPath, ['--inspect-port=0', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] })
    await once(child.stdout, 'data')
    child.kill('SIGUSR1')
    const [said] = (await once(child.stderr, 'data')) as [Buffer]
    child.kill('SIGKILL')
    assert.match(said.toString(), /Debugger listening/)
  })
})
