import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { readArguments } from './cli.ts'
import { simulatorUnderTest } from './simulator-under-test-fixture.ts'

const BIN = fileURLToPath(new URL('../bin/drawbridge-simulator.js', import.meta.url))

interface Running {
  readonly child: ChildProcess
  readonly output: () => string
  readonly ended: Promise<number | null>
}

function run(t: TestContext, ...args: readonly string[]): Running {
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  t.after(() => child.kill('SIGKILL'))
  return { child, output: () => text, ended }
}

describe('the command', () => {
  test('serves, says so in both languages, and stops when told', async (t) => {
    const { child, output, ended } = run(
      t,
      '--port',
      '0',
      '--seed',
      '7',
      '--app',
      'wxaaaaaaaaaaaaaaaa:s3cret:oa',
      '--app',
      '1234567890::qq-mp',
    )
    while (!output().includes('Ctrl+C') && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 10))
    assert.match(output(), /微信模拟器已启动 · WeChat simulator is running: +http:\/\/127\.0\.0\.1:\d+/)
    assert.match(output(), /oa +wxaaaaaaaaaaaaaaaa +s3cret/)
    assert.match(output(), /qq-mp +1234567890 +[0-9a-f]{32}/)
    const command = /curl '([^']+)'/.exec(output())?.[1] ?? ''
    assert.ok('access_token' in ((await (await fetch(command)).json()) as object))
    child.kill('SIGTERM')
    assert.equal(await ended, 0)
  })

  test('a busy port is named, with what to do', async (t) => {
    const { url } = await simulatorUnderTest(t)
    const { output, ended } = run(t, '--port', new URL(url).port)
    assert.equal(await ended, 1)
    assert.match(output(), /Port \d+ on 127\.0\.0\.1 is in use/)
    assert.match(output(), /端口已被占用/)
    assert.match(output(), /--port 0/)
    assert.doesNotMatch(output(), /at .*\.ts:/)
  })
})

describe('its arguments', () => {
  test('have defaults', () => {
    const request = readArguments([])
    assert.deepEqual(request, { port: 7402, host: '127.0.0.1', options: { switches: {}, controlFrom: 'loopback' } })
  })

  test('are read into options', () => {
    const request = readArguments([
      ...['--port', '80', '--clock', '2026-01-01T00:00:00Z', '--open-control'],
      ...[
        '--switch',
        'sessionMinRotateSeconds=0',
        '--switch',
        'skipDomainCheck=false',
        '--switch',
        'stableEarlyForce=45009',
      ],
    ])
    assert.deepEqual(request?.options, {
      switches: { sessionMinRotateSeconds: 0, skipDomainCheck: false, stableEarlyForce: '45009' },
      controlFrom: 'anywhere',
      clock: { at: Date.UTC(2026, 0, 1), running: false },
    })
  })

  test('are refused when they make no sense', () => {
    for (const args of [
      ['--port', 'x'],
      ['--port', '70000'],
      ['--app', 'a:b:c'],
      ['--clock', 'tomorrow'],
      ['--nope'],
    ]) {
      assert.throws(() => readArguments(args), { code: 'ARGUMENT_INVALID' })
    }
    assert.throws(() => readArguments(['--switch', 'nope=1']), { code: 'SWITCH_UNKNOWN' })
  })
})
