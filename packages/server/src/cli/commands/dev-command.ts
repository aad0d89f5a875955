import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DrawbridgeError } from '@drawbridge/protocol'
import { findUniConfigCenter } from '../../config/find-uni-config-center.ts'
import { configFileName } from '../../config/load-config.ts'
import type { Dev } from '../dev/create-dev.ts'
import { createDev } from '../dev/create-dev.ts'
import { pasteable } from '../dev/dev-space.ts'
import type { CloudProject } from '../dev/find-cloud-project.ts'
import { findCloudProject } from '../dev/find-cloud-project.ts'
import type { Command, CommandContext } from '../command.ts'
import { listenOptions, serveUntilStopped } from './start-command.ts'

/** The server for those who develop: their apps and functions, a simulated platform, all reloaded when a file changes. */
export const devCommand: Command = {
  name: 'dev',
  words: ['[project]'],
  summary: {
    en: 'Start for development: your apps in a simulated WeChat and the project’s cloud functions, reloaded when a file changes.',
    zh: '开发模式启动：你的应用运行在模拟微信中，运行项目的云函数，文件改动后自动重载。',
  },
  options: {
    ...listenOptions,
    real: { en: 'Ask the real platforms instead of the simulator.', zh: '访问真实平台，不使用模拟器。' },
  },
  async run(context) {
    const project = findProject(context)
    // Before anything is read: reading makes the folder of data.
    if (!project && !hasConfiguration(context))
      throw new DrawbridgeError('PROJECT_UNKNOWN', { path: context.world.cwd })
    const dev = await createDev(context, project)
    if (project) welcome(context, dev, project)
    else told(context, dev)
    await serveUntilStopped(context, dev)
    return undefined
  },
}

/** The project that is named, else the one in the working directory, if there is one. */
function findProject({ world, words: [named] }: CommandContext): CloudProject | undefined {
  const project = findCloudProject(resolve(world.cwd, named ?? '.'))
  if (!project && named !== undefined) throw new DrawbridgeError('PROJECT_UNKNOWN', { path: named })
  return project
}

/** Apps without functions are developed too; what says so stands in the working directory or is named. */
function hasConfiguration({ world: { cwd, env }, option }: CommandContext): boolean {
  const named = [
    option('config'),
    option('uni-config-center'),
    env['DRAWBRIDGE_CONFIG'],
    env['DRAWBRIDGE_UNI_CONFIG_CENTER'],
  ]
  return named.some(Boolean) || existsSync(join(cwd, configFileName)) || findUniConfigCenter(cwd) !== undefined
}

function told(context: CommandContext, dev: Dev): void {
  context.progress({
    en: `Listening on ${dev.endpoint()}${dev.simulatorUrl ? `, simulated platform on ${dev.simulatorUrl}` : ''}; callers need a token: drawbridge tokens create dev`,
    zh: `已监听 ${dev.endpoint()}${dev.simulatorUrl ? `，模拟平台 ${dev.simulatorUrl}` : ''}；调用方需要 token：drawbridge tokens create dev`,
  })
  context.announce({ ready: true, endpoint: dev.endpoint(), simulatorUrl: dev.simulatorUrl ?? null })
}

function welcome(context: CommandContext, { file, simulatorUrl }: Dev, { functionsFolder }: CloudProject): void {
  if (!file) return
  const { endpoint, spaceId, clientSecret } = file
  context.announce({ ready: true, endpoint, simulatorUrl: simulatorUrl ?? null, spaceId, clientSecret })
  if (context.isJson) return
  const { init, environment } = pasteable(endpoint, file)
  const sentence = {
    en: `
Listening on ${endpoint}${simulatorUrl ? `, simulated platform on ${simulatorUrl}` : ''}
  functions   ${functionsFolder}
  over HTTP   ${endpoint}/http/${spaceId}/<path>

In the app:
  ${init}
or for its build, without a change to the app:
  ${environment}

Stop: Ctrl-C
`,
    zh: `
已监听 ${endpoint}${simulatorUrl ? `，模拟平台 ${simulatorUrl}` : ''}
  云函数      ${functionsFolder}
  URL 化      ${endpoint}/http/${spaceId}/<path>

在应用中：
  ${init}
或在构建时设置环境变量，无需改动应用：
  ${environment}

停止：Ctrl-C
`,
  }
  context.world.out(context.say(sentence))
}
