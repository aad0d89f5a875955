import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { QuickStartFile } from '../../quick-start/quick-start-file.ts'
import { readQuickStartFile, writeQuickStartFile } from '../../quick-start/quick-start-file.ts'
import { sampleCommands } from '../../quick-start/sample-commands.ts'
import { sampleApps, sampleConfigText, sampleDcloudAppid } from '../../quick-start/sample-apps.ts'
import { startSimulator } from '../../quick-start/start-simulator.ts'
import type { Command, CommandContext } from '../command.ts'
import { keepToken } from '../keep-token.ts'
import type { Replica, RunningServer } from '../machinery.ts'
import { listenOptions, serveUntilStopped } from './start-command.ts'

/** The name of the file that the quick start leaves in the data folder. */
export const quickStartFileName = 'quickstart.json'

const SIMULATOR_PORT = 7402

/** The server, the simulator beside it and a sample project, on a machine that has nothing else. */
export const quickStartCommand: Command = {
  name: 'quick-start',
  summary: {
    en: 'Start with a simulated WeChat and a sample app; nothing to configure.',
    zh: '附带模拟微信与示例应用启动，无需任何配置。',
  },
  options: listenOptions,
  isBilingual: true,
  async run(context) {
    const { world } = context
    const env = onlyWhereToListen(world.env)
    const { dataDir } = context.loadConfig({ production: false, configText: '{}', env })
    const path = join(dataDir, quickStartFileName)
    const before = readQuickStartFile(path)
    const connectCode = before?.connectCode ?? randomBytes(24).toString('hex')
    const simulator = await startSimulator(sampleApps, SIMULATOR_PORT)
    let server: RunningServer | undefined
    try {
      const configText = sampleConfigText({ connectCode, simulatorUrl: simulator.url })
      server = await context.machinery.startServer(context.config({ production: false, configText, env }), {
        log: 'people',
      })
      await renewSampleTokens(server.replica)
      const file: QuickStartFile = {
        endpoint: server.endpoint,
        simulatorUrl: simulator.url,
        dcloudAppid: sampleDcloudAppid,
        wxAppid: sampleApps[0]?.appid ?? '',
        connectCode,
        bearerToken: await keepToken(server.replica, {
          name: 'quick-start',
          before: before?.bearerToken,
          now: world.now(),
        }),
      }
      writeQuickStartFile(path, file)
      welcome(context, file, path)
      await serveUntilStopped(context, server)
      server = undefined
      return undefined
    } finally {
      await server?.close()
      await simulator.close()
    }
  },
}

/** A simulator that has just been started knows none of the tokens that an earlier one gave. */
async function renewSampleTokens({ bridge }: Replica): Promise<void> {
  const stored = await bridge.list({ limit: 100 })
  for (const { platform, appid, kind, source } of stored) {
    const app = bridge.apps.byAppid(platform, appid)
    if (app === undefined || source !== 'platform' || (kind !== 'access_token' && kind !== 'ticket')) continue
    await bridge.remove({ kind, app })
    // What it cannot give now, a reader will ask for again.
    await bridge.get({ kind, app }).catch(() => null)
  }
}

/** The sample is the same everywhere: a variable for another project does not change it. */
function onlyWhereToListen(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  const kept = ['PORT', 'HOST', 'DRAWBRIDGE_DATA_DIR', 'DRAWBRIDGE_MASTER_KEY', 'DRAWBRIDGE_MASTER_KEY_FILE']
  return Object.fromEntries(kept.map((name) => [name, env[name]]))
}

function welcome(context: CommandContext, file: QuickStartFile, path: string): void {
  const { endpoint, simulatorUrl } = file
  context.announce({ ready: true, endpoint, simulatorUrl, file: path })
  if (context.isJson) return
  const [read, push, list] = sampleCommands(file)
  context.world.out(`
Drawbridge is running · 已启动
  server     服务        ${endpoint}   (OpenAPI: ${endpoint}/openapi.json)
  simulator  模拟微信    ${simulatorUrl}
  sample app 示例应用    ${file.dcloudAppid}  (${sampleApps.map(({ platform, appid }) => `${platform} ${appid}`).join(', ')})
  data       数据        ${path.slice(0, -quickStartFileName.length)}

Copy one into another terminal · 在另一个终端中执行：

# 1. read a token · 读取 access_token
${read}

# 2. push a credential · 写入一个凭据（session_key）
${push}

# 3. see what is stored · 查看已保存的凭据
${list}

Next · 下一步: docs/guide/configuration.md, docs/guide/configuration.zh-CN.md
Stop · 停止: Ctrl-C
`)
}
