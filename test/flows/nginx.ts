import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort, programPath } from '@drawbridge/bridge/testing'

/** A running nginx with TLS. */
export interface Nginx {
  readonly port: number
  /** The certificate of its own making, PEM. */
  readonly certificate: string
}

/** Which of these programs are missing from the PATH. */
export function missingPrograms(...names: readonly string[]): readonly string[] {
  return names.filter((name) => !programPath(name))
}

/**
 * Starts nginx from the PATH with a configuration file in which address, certificate and server are replaced; it ends
 * with the test.
 * @param upstreamPort where the server is, on this machine
 */
export async function startNginx(t: TestContext, file: string, upstreamPort: number): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-nginx-'))
  // Its workers are another user, and keep large bodies there.
  chmodSync(folder, 0o755)
  mkdirSync(join(folder, 'logs'))
  const { certificate, paths } = await makeCertificate(folder)
  const port = await freePort()
  const text = replaced(readFileSync(file, 'utf8'), [
    ['listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`],
    ['/etc/drawbridge/tls.crt', paths.certificate],
    ['/etc/drawbridge/tls.key', paths.key],
    ['127.0.0.1:7400', `127.0.0.1:${upstreamPort}`],
    ['worker_processes auto;', 'worker_processes 1;'],
    ['http {', `http { access_log off; ${temporaryPaths(folder)}`],
  ])
  const config = join(folder, 'nginx.conf')
  writeFileSync(config, text)
  const global = `daemon off; pid ${join(folder, 'nginx.pid')}; error_log stderr;`
  const child = spawn(programPath('nginx') ?? 'nginx', ['-p', folder, '-c', config, '-e', 'stderr', '-g', global], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (piece: Buffer) => (said += piece.toString()))
  t.after(async () => {
    if (child.exitCode === null) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
    rmSync(folder, { recursive: true, force: true })
  })
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) throw new Error(`nginx does not start: ${said}`)
    if (await isOpen(port)) return { port, certificate }
    await wait(50)
  }
  throw new Error(`nginx does not listen: ${said}`)
}

async function makeCertificate(folder: string) {
  const paths = { certificate: join(folder, 'tls.crt'), key: join(folder, 'tls.key') }
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-days', '2']
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', paths.key]
  await promisify(execFile)('openssl', ['req', '-x509', ...key, ...subject, '-out', paths.certificate])
  return { certificate: readFileSync(paths.certificate, 'utf8'), paths }
}

function temporaryPaths(folder: string): string {
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return kinds.map((kind) => `${kind}_temp_path ${join(folder, kind)};`).join(' ')
}

function replaced(text: string, changes: readonly (readonly [from: string, to: string])[]): string {
  return changes.reduce((before, [from, to]) => {
    if (!before.includes(from)) throw new Error(`the configuration has no "${from}"`)
    return before.replace(from, to)
  }, text)
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => {
      resolve(false)
    })
  })
}
