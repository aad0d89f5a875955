import { startServer } from '@drawbridge/server'
import type { RunningServer, ServerConfig } from '@drawbridge/server'

/** What the process is told first; the master key travels as base64. */
export interface StartMessage {
  readonly config: Omit<ServerConfig, 'masterKey'>
  readonly masterKey: string
}

/** What it says when it listens. */
export interface StartedMessage {
  readonly endpoint: string
  readonly token: string
}

let server: RunningServer | undefined

process.once('message', (message) => {
  const { config, masterKey } = message as StartMessage
  void start({ ...config, masterKey: Buffer.from(masterKey, 'base64') })
})
process.once('disconnect', () => void server?.close())

async function start(config: ServerConfig): Promise<void> {
  server = await startServer(config, { log: 'json' })
  const { token } = await server.replica.tokens.create({
    name: 'test',
    scopes: [{ app: '*', kind: '*', verb: '*' }],
    expiresAt: Date.now() + 86_400_000,
    createdBy: 'test',
  })
  process.send?.({ endpoint: server.endpoint, token } satisfies StartedMessage)
}
