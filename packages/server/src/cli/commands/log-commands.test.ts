import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { setTimeout as waitFor } from 'node:timers/promises'
import { createMachinery } from '../../machinery/create-machinery.ts'
import { runCli } from '../run-cli.ts'
import { writeDevFile } from '../dev/dev-file.ts'

const clock = {
  now: () => Date.now(),
  // All waits of the command line are of no interest here.
  sleep: (_: number, signal?: AbortSignal) => waitFor(2, undefined, { ref: false, ...(signal && { signal }) }),
}

interface Line {
  readonly seq: number
  readonly text: string
}

describe('showing the logs of a running server', () => {
  let folder = ''
  let server: Server | undefined
  let port = 0
  let lines: Line[] = []
  let startedAt = 1
  let asked: { readonly path: string; readonly authorization: string | undefined }[] = []
  let refusal: { readonly status: number; readonly code: string } | undefined
  const closers: (() => void)[] = []

  before(() => (folder = mkdtempSync(join(tmpdir(), 'drawbridge-logs-'))))
  after(() => rmSync(folder, { recursive: true, force: true }))
  beforeEach(async () => {
    lines = []
    asked = []
    startedAt = 1
    refusal = undefined
    port = 0
    await listen()
  })
  afterEach(async () => {
    for (const close of closers.splice(0)) close()
    await goAway()
  })

  /** The server's API, as far as logs go; a second call takes the same port. */
  async function listen(): Promise<void> {
    const made = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://server')
      asked.push({ path: request.url ?? '', authorization: request.headers.authorization })
      if (refusal) {
        response.writeHead(refusal.status).end(JSON.stringify({ code: refusal.code }))
        return
      }
      const after = Number(searchParams.get('after') ?? 0)
      const items = lines
        .filter(({ seq }) => seq > after)
        .map((line) => ({ ...line, at: 0, spaceId: 's', name: 'hello', requestId: 'r', level: 'log' }))
      const page = { items, next: items.at(-1)?.seq ?? after, startedAt }
      response.end(JSON.stringify(pathname === '/v1/functions/logs' ? page : { items: [] }))
    })
    await new Promise<void>((resolve) => made.listen(port, '127.0.0.1', resolve))
    const address = made.address()
    assert.ok(typeof address === 'object' && address)
    port = address.port
    server = made
  }

  async function goAway(): Promise<void> {
    const gone = server
    server = undefined
    if (!gone) return
    gone.closeAllConnections()
    await new Promise((resolve) => gone.close(resolve))
  }

  interface Running {
    readonly said: () => string
    readonly hears: (words: string) => Promise<void>
    readonly stop: () => Promise<number>
    readonly ended: Promise<number>
  }

  function run(line: string, env: Readonly<Record<string, string>> = { DRAWBRIDGE_TOKEN: 'the-token' }): Running {
    let said = ''
    const { promise, resolve: stop } = Promise.withResolvers<undefined>()
    closers.push(() => stop(undefined))
    const ended: Promise<number> = runCli(
      {
        argv: line.split(' '),
        env,
        cwd: folder,
        version: '0',
        out: (text) => (said += text),
        err: (text) => (said += text),
        readInput: () => Promise.resolve(''),
        isInteractive: false,
        ...clock,
        stopped: () => promise,
      },
      createMachinery(clock),
    )
    return {
      said: () => said,
      ended,
      async hears(words) {
        for (let tries = 0; !said.includes(words); tries += 1) {
          assert.ok(tries < 5000, said)
          await waitFor(2)
        }
      },
      async stop() {
        stop(undefined)
        return ended
      },
    }
  }

  const here = (): string => `--endpoint http://127.0.0.1:${port}`

  it('prints lines, and asks for what was asked for, with the token of the environment', async () => {
    lines = [{ seq: 1, text: 'first' }]
    const ran = run(`logs ${here()} --name hello --request-id r --space s --limit 5`)
    assert.equal(await ran.ended, 0)
    assert.equal(ran.said(), '00:00:00.000  hello  r  log  first\n')
    assert.deepEqual(asked, [
      {
        path: '/v1/functions/logs?limit=5&space=s&name=hello&requestId=r',
        authorization: 'Bearer the-token',
      },
    ])
  })

  it('goes on with -f: what is logged later, once each', async () => {
    lines = [{ seq: 1, text: 'first' }]
    const ran = run(`functions logs -f ${here()}`)
    await ran.hears('first')
    lines.push({ seq: 2, text: 'second' }, { seq: 3, text: 'third' })
    await ran.hears('third')
    lines.push({ seq: 4, text: 'fourth' })
    await ran.hears('fourth')
    assert.equal(await ran.stop(), 0)
    for (const word of ['first', 'second', 'third', 'fourth']) assert.equal(ran.said().split(word).length, 2)
  })

  it('waits for a server that is started anew, and shows its log from the beginning', async () => {
    lines = [{ seq: 7, text: 'old' }]
    const ran = run(`logs -f ${here()}`)
    await ran.hears('old')
    await goAway()
    await ran.hears('The server is away')
    startedAt = 2
    lines = [{ seq: 1, text: 'new' }]
    await listen()
    await ran.hears('new')
    assert.equal(await ran.stop(), 0)
  })

  it('finds the server that drawbridge dev runs here', async () => {
    lines = [{ seq: 1, text: 'developing' }]
    const first = run('logs', { PORT: '1' })
    // Makes the data folder, and finds nobody where the configuration says.
    assert.equal(await first.ended, 1)
    writeDevFile(join(folder, '.drawbridge', 'dev.json'), {
      endpoint: `http://127.0.0.1:${port}`,
      bearerToken: 'of-dev',
      spaceId: 'local',
      clientSecret: 'x'.repeat(32),
    })
    const ran = run('logs --json', {})
    assert.equal(await ran.ended, 0)
    assert.match(ran.said(), /developing/)
    assert.ok(asked.every(({ authorization }) => authorization === 'Bearer of-dev'))
  })

  it('says that no server answers, and what the server refuses', async () => {
    refusal = { status: 403, code: 'CALLER_FORBIDDEN' }
    const refused = run(`logs ${here()}`)
    assert.equal(await refused.ended, 1)
    assert.match(refused.said(), /CALLER_FORBIDDEN/)
    const where = here()
    await goAway()
    const away = run(`logs ${where}`)
    assert.equal(await away.ended, 1)
    assert.match(away.said(), /SERVER_UNREACHABLE/)
  })

  it('makes a token of its own where it may open the stores, and ends it afterwards', async () => {
    const ran = run(`logs ${here()}`, {})
    assert.equal(await ran.ended, 0)
    assert.match(asked[0]?.authorization ?? '', /^Bearer dbt_/)
    const listed = run('tokens ls --json', {})
    await listed.ended
    const { tokens } = JSON.parse(
      listed
        .said()
        .split('\n')
        .find((line) => line.startsWith('{"ok"')) ?? '',
    ) as {
      readonly tokens: readonly { readonly name: string; readonly revokedAt: number | null }[]
    }
    const made = tokens.filter(({ name }) => name === 'cli')
    assert.ok(made.length > 0 && made.every(({ revokedAt }) => revokedAt !== null))
  })
})
