import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startProcess } from './dev-process.ts'
import type { DevProcess } from './dev-process.ts'
import { runDrawbridge } from './drawbridge-process.ts'
import { createSignedClient } from './signed-client.ts'
import type { SignedClient, SpaceOfClient } from './signed-client.ts'

const example = fileURLToPath(new URL('../../examples/unicloud-project/', import.meta.url))

const clientInfo = {
  appId: '__UNI__7D0C0DE',
  uniPlatform: 'mp-weixin',
  deviceId: '1700000000000001',
  osName: 'ios',
  locale: 'zh-Hans',
  ua: 'tester',
}

describe('drawbridge dev with a uniCloud project', () => {
  let parent = ''
  let root = ''
  let dev: DevProcess
  let follower: DevProcess | undefined
  let space: SpaceOfClient
  let client: SignedClient
  const functions = (...parts: string[]) => join(root, 'uniCloud-aliyun', 'cloudfunctions', ...parts)

  async function start(): Promise<void> {
    // Somewhere else than where the project is, as one does.
    dev = startProcess(['dev', 'my-app'], parent, { PORT: '0' })
    const said = await dev.hears('Stop: Ctrl-C')
    const [, pasted = ''] = /UNI_CLOUD_PROVIDER='(.+)'/.exec(said) ?? []
    const [only, ...more] = JSON.parse(pasted) as SpaceOfClient[]
    assert.ok(only && more.length === 0)
    space = only
    client = createSignedClient(space, clientInfo)
  }

  before(async () => {
    parent = mkdtempSync(join(tmpdir(), 'drawbridge-project-'))
    root = join(parent, 'my-app')
    cpSync(example, root, { recursive: true, filter: (path) => !path.includes('.drawbridge') })
    await start()
  })
  after(async () => {
    await Promise.all([dev.stop(), follower?.stop()])
    rmSync(parent, { recursive: true, force: true })
  })

  async function text(path: string, init?: RequestInit): Promise<string> {
    const response = await fetch(`${space.endpoint}/http/${space.spaceId}${path}`, init)
    return response.text()
  }

  it('prints what an app needs, for its code and for its build', () => {
    const { endpoint, spaceId, clientSecret } = space
    assert.ok(
      dev
        .said()
        .includes(
          `uniCloud.init({ provider: 'aliyun', spaceId: '${spaceId}', clientSecret: '${clientSecret}', endpoint: '${endpoint}' })`,
        ),
    )
  })

  it('runs a function with a common module and settings, and one in TypeScript', async () => {
    const said = (await client.call('hello', { name: 'Ada', hour: 9 })) as Record<string, unknown>
    assert.deepEqual([said['text'], said['source']], ['Good morning, Ada!', 'client'])
    const lines = [
      { price: 1.1, count: 3 },
      { price: 0.7, count: 1 },
    ]
    assert.deepEqual(await client.call('quote', { lines }), { total: 4, lines: 2 })
  })

  it('keeps what a cloud object writes, and answers for wrong input as the object says', async () => {
    const { id } = (await client.method('todo', 'add', ' buy milk ')) as { id: string }
    assert.deepEqual(await client.method('todo', 'finish', id), { errCode: 0 })
    const { data } = (await client.method('todo', 'list', { done: true })) as { data: Record<string, unknown>[] }
    assert.deepEqual([data[0]?.['_id'], data[0]?.['title']], [id, 'buy milk'])
    assert.equal(((await client.method('todo', 'add', '')) as { errCode: string }).errCode, 'todo-title-empty')
    assert.equal(((await client.method('todo', 'finish', 'none')) as { errCode: string }).errCode, 'todo-not-found')
  })

  it('serves functions over HTTP where their package.json says so, and no others', async () => {
    assert.equal(await text('/page?name=%3CAda%3E'), '<!doctype html><h1>Hello, &#60;Ada&#62;</h1>')
    const posted = await text('/page/echo', {
      method: 'POST',
      body: '{"a":1}',
      headers: { 'content-type': 'text/json' },
    })
    assert.deepEqual(JSON.parse(posted), { received: '{"a":1}', type: 'text/json' })
    assert.equal((JSON.parse(await text('/todo/list')) as { errCode: number }).errCode, 0)
    assert.match(await text('/hello'), /FUNCTION_PATH_UNKNOWN/)
    assert.match(await text('/todo/_before'), /METHOD_NOT_FOUND/)
  })

  it('logs a user of the simulated WeChat in, and a cloud object knows who it is', async () => {
    const before = (await client.method('profile', 'me')) as { errCode: unknown }
    assert.ok(before.errCode)
    const [, simulator = ''] = /simulated platform on (\S+)/.exec(dev.said()) ?? []
    const control = async (path: string, body: object): Promise<Record<string, unknown>> => {
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(`${simulator}/_simulator${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers,
      })
      return (await response.json()) as Record<string, unknown>
    }
    await control('/users', { id: 'ada' })
    const { code } = await control('/codes/login', { appid: 'wx7d0c0de000000001', user: 'ada' })
    const login = (await client.method('uni-id-co', 'loginByWeixin', { code })) as {
      readonly errCode: number
      readonly uid: string
      readonly newToken: { readonly token: string }
    }
    assert.equal(login.errCode, 0, JSON.stringify(login))
    client.uniIdToken = login.newToken.token
    const me = (await client.method('profile', 'me')) as { readonly errCode: number; readonly uid: string }
    assert.deepEqual([me.errCode, me.uid], [0, login.uid])
  })

  it('runs new code when a file changes, and the old code while the new is wrong, saying where', async () => {
    const file = functions('page', 'index.js')
    const good = readFileSync(file, 'utf8')
    dev.clear()
    writeFileSync(file, good.replace('Not found', 'Nothing here'))
    await dev.hears('Functions reloaded')
    assert.equal(await text('/page/none'), 'Nothing here')

    dev.clear()
    writeFileSync(file, `${good}\nexports.more = async () => {\n  return (\n}\n`)
    await dev.hears(/page[/\\]index\.js:\d+:\d+ {2}page: /)
    assert.equal(await text('/page/none'), 'Nothing here')

    dev.clear()
    writeFileSync(functions('common', 'greeting', 'index.js'), `exports.greet = (name) => 'Hi ' + name`)
    writeFileSync(file, good)
    await dev.hears('Functions reloaded.')
    assert.equal(((await client.call('hello', { name: 'Ada' })) as { text: string }).text, 'Hi Ada')
    assert.equal(await text('/page/none'), 'Not found')
  })

  it('tells functions that they run on the developer’s machine', async () => {
    const file = functions('where', 'index.js')
    mkdirSync(functions('where'))
    dev.clear()
    writeFileSync(file, 'exports.main = async (event, context) => context.RUNTIME_ENV')
    await dev.hears('Functions reloaded.')
    assert.equal(await client.call('where', {}), 'local')
    const ran = await runDrawbridge(['functions', 'run', 'where'], { cwd: root })
    assert.equal(JSON.parse(ran.out), 'local')
  })

  it('shows what functions log while it runs, and to whoever asks from another terminal', async () => {
    dev.clear()
    follower = startProcess(['logs', '-f', '--name', 'hello'], root, {})
    await client.call('hello', { name: 'marker-one' })
    await dev.hears('greeting marker-one')
    await follower.hears('greeting marker-one')
    await client.call('hello', { name: 'marker-two' })
    await follower.hears('greeting marker-two')
    assert.equal(await follower.stop(), 0)
    const { requestId } = (await client.call('hello', { name: 'marker-three' })) as { requestId: string }
    const { out, code } = await runDrawbridge(['functions', 'logs', '--request-id', requestId, '--json'], { cwd: root })
    assert.equal(code, 0, out)
    const { items } = JSON.parse(out) as { items: readonly { text: string; end?: object }[] }
    assert.ok(items.some((item) => item.text.includes('marker-three')))
    assert.ok(items.at(-1)?.end)
  })

  it('lists functions and runs one by hand, beside the server and on the same data', async () => {
    const listed = await runDrawbridge(['functions', 'ls'], { cwd: root })
    assert.equal(listed.code, 0, listed.out + listed.err)
    assert.match(listed.out, /local\s+clean-up\s+function\s+60s\s+-\s+nightly \(0 0 3 \* \* \* \*\)/)
    const ran = await runDrawbridge(['functions', 'run', 'todo', 'list', '--data', '{"done":true}'], { cwd: root })
    assert.match(ran.out, /buy milk/)
    assert.match(ran.err, /list took \d+ ms/)
    const cleaned = await runDrawbridge(['functions', 'run', 'clean-up', '--timing'], { cwd: root })
    assert.deepEqual(JSON.parse(cleaned.out), { deleted: 0 })
    assert.match(cleaned.err, /nightly removed 0/)
    const wrong = await runDrawbridge(['functions', 'run', 'nobody', '--json'], { cwd: root })
    assert.equal(wrong.code, 4)
    assert.match(wrong.out, /FUNCTION_NOT_FOUND/)
  })

  it('keeps secret and data for the next start, in files of its owner’s', async () => {
    const { clientSecret } = space
    assert.equal(statSync(join(root, '.drawbridge', 'dev.json')).mode & 0o777, 0o600)
    assert.equal(await dev.stop(), 0)
    await start()
    assert.equal(space.clientSecret, clientSecret)
    const { data } = (await client.method('todo', 'list')) as { data: readonly { title: string }[] }
    assert.equal(data[0]?.title, 'buy milk')
  })

  it('says that there is no project where there is none', async () => {
    const { code, err } = await runDrawbridge(['dev', 'nowhere'], { cwd: parent })
    assert.equal(code, 4)
    assert.match(err, /PROJECT_UNKNOWN/)
  })

  it(
    'goes on when a file is saved that is configuration and lies among the functions',
    { timeout: 60_000 },
    async () => {
      const path = functions('common', 'uni-config-center', 'uni-id', 'config.json')
      const content = readFileSync(path, 'utf8')
      for (const change of [`${content}\n`, content]) {
        dev.clear()
        writeFileSync(path, change)
        await dev.hears('Functions reloaded.')
        await dev.hears(/^Reloaded\./m)
      }
      const said = (await client.call('hello', { name: 'again' })) as { readonly text: string }
      assert.match(said.text, /again/)
    },
  )
})
