import { watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { configFileName } from '../../config/load-config.ts'
import type { ServerConfig } from '../../config/server-config.ts'
import type { BesideSimulator } from '../../quick-start/start-simulator.ts'
import { startSimulator } from '../../quick-start/start-simulator.ts'
import type { Command, CommandContext } from '../command.ts'
import { describeError } from '../describe-error.ts'
import type { RunningServer } from '../machinery.ts'
import { showMistakes } from '../show-mistakes.ts'
import { listenOptions, serveUntilStopped } from './start-command.ts'

const SIMULATOR_PORT = 7402
/** Editors write a file in several steps. */
const SETTLE_MS = 150

/** The server for those who develop: their own configuration, a simulated platform, restarted when a file changes. */
export const devCommand: Command = {
  name: 'dev',
  summary: {
    en: 'Start for development: your apps in a simulated WeChat, reloaded when the configuration changes.',
    zh: '开发模式启动：你的应用运行在模拟微信中，配置改动后自动重载。',
  },
  options: {
    ...listenOptions,
    real: { en: 'Ask the real platforms instead of the simulator.', zh: '访问真实平台，不使用模拟器。' },
  },
  async run(context) {
    const dev = await createDev(context)
    context.progress({
      en: `Listening on ${dev.endpoint()}${dev.simulatorUrl ? `, simulated platform on ${dev.simulatorUrl}` : ''}; callers need a token: drawbridge tokens create dev`,
      zh: `已监听 ${dev.endpoint()}${dev.simulatorUrl ? `，模拟平台 ${dev.simulatorUrl}` : ''}；调用方需要 token：drawbridge tokens create dev`,
    })
    context.announce({ ready: true, endpoint: dev.endpoint(), simulatorUrl: dev.simulatorUrl ?? null })
    await serveUntilStopped(context, dev)
    return undefined
  },
}

interface Dev {
  readonly endpoint: () => string
  readonly simulatorUrl: string | undefined
  close(): Promise<void>
}

async function createDev(context: CommandContext): Promise<Dev> {
  const isReal = context.has('real')
  let server: RunningServer | undefined
  let simulator: BesideSimulator | undefined
  // Who asked for any free port keeps the one that was found when the server starts anew.
  let lastPort: number | undefined

  const start = async (config: ServerConfig): Promise<void> => {
    simulator = isReal ? undefined : await startSimulator(config.apps, portOf(simulator?.url) ?? SIMULATOR_PORT)
    const port = config.port === 0 ? (lastPort ?? 0) : config.port
    server = await context.machinery.startServer({ ...simulated(config, simulator?.url), port }, { log: 'people' })
    lastPort = portOf(server.endpoint)
  }
  const stop = async (): Promise<void> => {
    await server?.close()
    await simulator?.close()
    server = undefined
  }
  const reload = async (): Promise<void> => {
    const loaded = context.loadConfig({ production: false })
    context.world.err(showMistakes(loaded.mistakes, context.language))
    if (!loaded.config) {
      context.progress({
        en: 'Not reloaded; the server runs on as it was.',
        zh: '未重载，服务继续按原配置运行。',
      })
      return
    }
    await stop()
    await start(loaded.config)
    context.progress({ en: 'Reloaded.', zh: '已重载。' })
  }

  try {
    await start(context.config({ production: false }))
  } catch (error) {
    await stop()
    throw error
  }
  const watcher = watchFiles(context, reload)
  return {
    endpoint: () => server?.endpoint ?? '',
    simulatorUrl: simulator?.url,
    async close() {
      await watcher.close()
      await stop()
    },
  }
}

function simulated(config: ServerConfig, url: string | undefined): ServerConfig {
  if (url === undefined) return config
  return { ...config, upstream: { ...config.upstream, weixin: url, qq: url, graphQq: url } }
}

function portOf(url: string | undefined): number | undefined {
  return url === undefined ? undefined : Number(new URL(url).port)
}

/** Runs `reload` after each change of a configuration file, one run at a time. */
function watchFiles(context: CommandContext, reload: () => Promise<void>): { readonly close: () => Promise<void> } {
  const closing = new AbortController()
  let running = Promise.resolve()
  let isDue = false

  const onChange = (): void => {
    if (isDue || closing.signal.aborted) return
    isDue = true
    running = running.then(async () => {
      await context.world.sleep(SETTLE_MS, closing.signal).catch(() => undefined)
      isDue = false
      if (closing.signal.aborted) return
      try {
        await reload()
      } catch (error) {
        const { code, en, zh } = describeError(error)
        context.progress({ en: `${code}: ${en}`, zh: `${code}：${zh}` })
      }
    })
  }
  const { files } = context.loadConfig({ production: false })
  // The file of the working directory may be written later.
  const watchers = watchFolders([...files, join(context.world.cwd, configFileName)], onChange)
  return {
    async close() {
      closing.abort()
      for (const watcher of watchers) watcher.close()
      await running
    },
  }
}

/** Folders rather than files: an editor that replaces a file leaves a watcher of the old one behind. */
function watchFolders(files: readonly string[], onChange: () => void): readonly FSWatcher[] {
  const folders = new Map<string, Set<string>>()
  for (const file of files) {
    const names = folders.get(dirname(file)) ?? new Set()
    folders.set(dirname(file), names.add(basename(file)))
  }
  return [...folders].map(([folder, names]) =>
    watch(folder, (_, name) => {
      if (name === null || names.has(name)) onChange()
    }),
  )
}
