import { join, resolve } from 'node:path'
import { configFileName, demandConfig } from '../../config/load-config.ts'
import type { LoadedConfig } from '../../config/load-config.ts'
import type { ServerConfig } from '../../config/server-config.ts'
import { sampleApps } from '../../quick-start/sample-apps.ts'
import type { BesideSimulator } from '../../quick-start/start-simulator.ts'
import { startSimulator } from '../../quick-start/start-simulator.ts'
import type { Space } from '../../spaces/space.ts'
import type { CommandContext } from '../command.ts'
import { keepToken } from '../keep-token.ts'
import type { RunningServer } from '../machinery.ts'
import { showFaults } from '../show-faults.ts'
import { showMistakes } from '../show-mistakes.ts'
import type { DevFile } from './dev-file.ts'
import { devFileName, readDevFile, writeDevFile } from './dev-file.ts'
import { devSpace, loadWithProject, locally, newClientSecret } from './dev-space.ts'
import type { CloudProject } from './find-cloud-project.ts'
import { followLog } from './follow-log.ts'
import { settled } from './settled.ts'
import { watchConfig } from './watch-config.ts'
import { watchTree } from './watch-tree.ts'

const SIMULATOR_PORT = 7402
const SPACE_ID = 'local'

/** A server for developing that follows its files. */
export interface Dev {
  readonly endpoint: () => string
  readonly simulatorUrl: string | undefined
  /** Only with a project. */
  readonly file: DevFile | undefined
  close(): Promise<void>
}

/** Starts server and simulator, and starts them anew when the configuration changes; functions are reloaded by themselves. */
export async function createDev(context: CommandContext, project: CloudProject | undefined): Promise<Dev> {
  const isReal = context.has('real')
  const from = sources(context, project)
  const path = join(context.loadConfig(from).dataDir, devFileName)
  const ownSpace = project && devSpace(project, { spaceId: SPACE_ID, clientSecret: keptSecret(path) })
  const load = (): LoadedConfig =>
    project && ownSpace ? loadWithProject(context.loadConfig, from, project, ownSpace) : context.loadConfig(from)
  const first = load()
  let server: RunningServer | undefined
  let simulator: BesideSimulator | undefined
  let file: DevFile | undefined
  let space: Space | undefined
  // Who asked for any free port keeps the one that was found when the server starts anew.
  let lastPort: number | undefined

  const start = async (loaded: ServerConfig): Promise<void> => {
    space = loaded.spaces.find(({ functionsFolder }) => functionsFolder === project?.functionsFolder)
    const config = locally(project ? withApps(loaded, project) : loaded)
    simulator = isReal ? undefined : await startSimulator(config.apps, portOf(simulator?.url) ?? SIMULATOR_PORT)
    const port = config.port === 0 ? (lastPort ?? 0) : config.port
    server = await context.machinery.startServer(
      { ...simulated(config, simulator?.url), port },
      { log: 'people', showsFaults: true },
    )
    lastPort = portOf(server.endpoint)
    void tellFaults(context, server, space)
    if (project && space) file = await keepFile(path, server, space, context.world.now())
  }
  const stop = async (): Promise<void> => {
    await server?.close()
    await simulator?.close()
    server = undefined
  }
  const restart = async (): Promise<void> => {
    const loaded = load()
    context.world.err(showMistakes(loaded.mistakes, context.language))
    if (!loaded.config) {
      context.progress({ en: 'Not reloaded; the server runs on as it was.', zh: '未重载，服务继续按原配置运行。' })
      return
    }
    await stop()
    await start(loaded.config)
    context.progress({ en: 'Reloaded.', zh: '已重载。' })
  }

  const inTurn = createTurns()

  try {
    if (!context.isJson) context.world.err(showMistakes(first.mistakes, context.language))
    await start(demandConfig(first))
  } catch (error) {
    await stop()
    throw error
  }
  const parts = [
    // The file of the folder may be written later.
    watchConfig(context, [...first.files, join(project?.root ?? context.world.cwd, configFileName)], () =>
      inTurn(restart),
    ),
    ...(project ? [watchFunctions(context, project, { current: () => ({ server, space }), inTurn })] : []),
    ...(project ? [followLog(context, () => server?.functions?.log)] : []),
  ]
  return {
    endpoint: () => server?.endpoint ?? '',
    simulatorUrl: simulator?.url,
    file,
    async close() {
      await Promise.all(parts.map((part) => part.close()))
      await stop()
    },
  }
}

/** A project's own folder is where its configuration, its uni-config-center and its data are. */
function sources({ world, option }: CommandContext, project: CloudProject | undefined) {
  const configPath = option('config')
  const uniConfigCenter = option('uni-config-center')
  if (!project) return { production: false }
  return {
    production: false,
    cwd: project.root,
    ...(configPath !== undefined && { configPath: resolve(world.cwd, configPath) }),
    ...(uniConfigCenter !== undefined && { uniConfigCenter: resolve(world.cwd, uniConfigCenter) }),
  }
}

/** A project without apps gets those of the quick start, in the name of its own DCloud app. */
function withApps(config: ServerConfig, { dcloudAppid }: CloudProject): ServerConfig {
  if (config.apps.length > 0) return config
  return { ...config, apps: sampleApps.map((app) => (dcloudAppid === undefined ? app : { ...app, dcloudAppid })) }
}

function keptSecret(path: string): string {
  const kept = readDevFile(path)
  return kept?.spaceId === SPACE_ID ? kept.clientSecret : newClientSecret()
}

function simulated(config: ServerConfig, url: string | undefined): ServerConfig {
  if (url === undefined) return config
  return { ...config, upstream: { ...config.upstream, weixin: url, qq: url, graphQq: url } }
}

function portOf(url: string | undefined): number | undefined {
  return url === undefined ? undefined : Number(new URL(url).port)
}

async function keepFile(path: string, server: RunningServer, space: Space, now: number): Promise<DevFile> {
  const before = readDevFile(path)?.bearerToken
  const bearerToken = await keepToken(server.replica, { name: 'dev', before, now })
  const { spaceId, clientSecret } = space
  const file: DevFile = { endpoint: server.endpoint, bearerToken, spaceId, clientSecret }
  writeDevFile(path, file)
  return file
}

type Turns = (work: () => Promise<void>) => Promise<void>

/** One at a time: a file may be code and configuration at once, and a server that closes loads no code. */
function createTurns(): Turns {
  let last = Promise.resolve()
  return (work) => (last = last.catch(() => undefined).then(work))
}

/** What is wrong with the code as it was found, as soon as it has been parsed. Rejects never. */
async function tellFaults(context: CommandContext, server: RunningServer, space: Space | undefined): Promise<void> {
  const faults = (space && (await server.functions?.faults(space.spaceId))) ?? []
  if (faults.length === 0 || !space) return
  context.announce({ loaded: space.spaceId, faults })
  const shown = showFaults(faults, context.world.cwd).trimEnd()
  context.progress({ en: `The functions have faults:\n${shown}`, zh: `云函数有错误：\n${shown}` })
}

/** Loads new code when a file changes; where it is wrong the old code runs on, and the fault is shown. */
function watchFunctions(
  context: CommandContext,
  { functionsFolder }: CloudProject,
  {
    current,
    inTurn,
  }: {
    readonly current: () => { readonly server: RunningServer | undefined; readonly space: Space | undefined }
    readonly inTurn: Turns
  },
): { readonly close: () => Promise<void> } {
  const reload = async (): Promise<void> => {
    const { server, space } = current()
    const spaceId = space?.spaceId ?? SPACE_ID
    const faults = (await server?.functions?.reload(spaceId)) ?? []
    context.announce({ reloaded: spaceId, faults })
    if (faults.length === 0) {
      context.progress({ en: 'Functions reloaded.', zh: '云函数已重载。' })
      return
    }
    context.progress({
      en: `Functions reloaded, with faults; what is named here runs on as it was:\n${showFaults(faults, context.world.cwd).trimEnd()}`,
      zh: `云函数已重载，但有错误；下列内容仍按原代码运行：\n${showFaults(faults, context.world.cwd).trimEnd()}`,
    })
  }
  const { onChange, close } = settled(context, () => inTurn(reload))
  const tree = watchTree(functionsFolder, onChange)
  return {
    async close() {
      tree.close()
      await close()
    },
  }
}
