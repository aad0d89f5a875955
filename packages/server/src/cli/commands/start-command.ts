import type { Command, CommandContext, CommandOption } from '../command.ts'
import type { RunningServer } from '../machinery.ts'

/** The options of every command that listens. */
export const listenOptions: Readonly<Record<string, CommandOption>> = {
  port: {
    value: 'port',
    isValid: (value) => /^\d{1,5}$/.test(value) && Number(value) <= 65_535,
    en: 'The port; 7400.',
    zh: '端口，默认 7400。',
  },
  host: { value: 'address', en: 'The address to listen on; 127.0.0.1.', zh: '监听地址，默认 127.0.0.1。' },
}

/** Starts the server and ends when it is told to stop. */
export const startCommand: Command = {
  name: 'start',
  summary: { en: 'Start the server.', zh: '启动服务。' },
  options: listenOptions,
  async run(context) {
    const server = await context.machinery.startServer(context.config(), { log: 'json' })
    context.progress({ en: `Listening on ${server.endpoint}`, zh: `已监听 ${server.endpoint}` })
    context.announce({ ready: true, endpoint: server.endpoint })
    await serveUntilStopped(context, server)
    return undefined
  },
}

/** Waits for the signal to stop, then lets the server finish what it has begun. */
export async function serveUntilStopped(context: CommandContext, server: Pick<RunningServer, 'close'>): Promise<void> {
  await context.world.stopped()
  context.progress({
    en: 'Stopping: requests in flight are finished first; once more to stop at once.',
    zh: '正在停止：先完成处理中的请求；再次中断则立即退出。',
  })
  await server.close()
}
