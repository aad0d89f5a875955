import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, request as forward } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import S3rver from 's3rver'
import type { S3Config } from '../src/files/s3-config.ts'
import { verifySigv4 } from './verify-sigv4.ts'

/** What clients of the bucket sign with. */
const SECRET = 'S3RVER'

/** An S3 server that somebody else wrote, and before it a check of each signature, which it does not make itself. */
export async function startS3(): Promise<{ readonly config: S3Config; close(): Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), 'drawbridge-s3-'))
  const behind = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: 'drawbridge', configs: [] }],
  })
  const { port: behindPort } = await behind.run()
  const front = createServer((request, response) => {
    const { method = '', url = '', headers } = request
    if (!verifySigv4({ method, target: url, headers }, SECRET, Date.now())) {
      request.resume()
      response.writeHead(403).end('<Error><Code>SignatureDoesNotMatch</Code></Error>')
      return
    }
    const onward = forward({ host: '127.0.0.1', port: behindPort, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  })
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
  const { port } = front.address() as AddressInfo
  return {
    config: {
      bucketUrl: `http://127.0.0.1:${port}/drawbridge`,
      region: 'us-east-1',
      accessKeyId: 'S3RVER',
      secret: SECRET,
      prefix: `${randomBytes(4).toString('hex')}/`,
    },
    async close() {
      front.closeAllConnections()
      await new Promise((resolve) => front.close(resolve))
      await behind.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
