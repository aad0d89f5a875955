import { cac } from 'cac'
import { startupText } from './startup-text.ts'
import { createSimulator } from './simulator.ts'
import type { Simulator, SimulatorOptions } from './simulator.ts'
import { SimulatorError } from './simulator-error.ts'
import { appTypes } from './state/apps.ts'
import type { AppInput } from './state/apps.ts'
import { parseSwitches, switchTable } from './switches.ts'
import type { SwitchName } from './switches.ts'

/** What the command line asks for. */
export interface CliRequest {
  readonly port: number
  readonly host: string
  readonly options: SimulatorOptions
}

const DEFAULT_PORT = 7402

/** The command `drawbridge-simulator`. Serves until it is told to stop (SIGINT, SIGTERM). */
export async function runCli(args: readonly string[]): Promise<void> {
  try {
    const request = readArguments(args)
    if (request === undefined) return
    const simulator = createSimulator(request.options)
    const { url } = await simulator.listen(request.port, request.host)
    process.stdout.write(startupText({ url, seed: simulator.seed, apps: simulator.control.apps.list() }))
    stopOnSignal(simulator)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    process.stderr.write(`${explained(error)}\n`)
    process.exitCode = 1
  }
}

/** Reads the arguments; undefined when the help or the version was shown instead. Throws ARGUMENT_INVALID. */
export function readArguments(args: readonly string[]): CliRequest | undefined {
  const cli = cac('drawbridge-simulator')
  cli
    .option('--port <port>', '0: a free one / 0 表示任意空闲端口', { default: DEFAULT_PORT })
    .option('--host <host>', 'Address to listen on / 监听地址', { default: '127.0.0.1' })
    .option('--seed <seed>', 'The same seed, the same tokens / 相同种子得到相同的 token')
    .option('--app <appid:secret:type>', 'An app, repeatable; type mp oa web mobile multi qq-mp qq-app / 应用，可重复')
    .option('--switch <name=value>', 'A switch, repeatable / 开关，可重复')
    .option('--clock <iso>', 'A stopped clock that begins here / 从此刻开始的静止时钟')
    .option('--open-control', 'The control URL for anybody who reaches the port / 控制接口对所有来源开放')
    .help()
  const { options } = cli.parse(['node', 'drawbridge-simulator', ...args], { run: false })
  if (options['help'] === true) return undefined
  refuseUnknown(options)
  const apps = list(options['app']).map(readApp)
  const clock =
    options['clock'] === undefined ? undefined : { at: readMoment(String(options['clock'])), running: false }
  return {
    port: readPort(options['port']),
    host: String(options['host']),
    options: {
      switches: parseSwitches(Object.fromEntries(list(options['switch']).map(readSwitch))),
      controlFrom: options['openControl'] === true ? 'anywhere' : 'loopback',
      ...(options['seed'] === undefined ? {} : { seed: String(options['seed']) }),
      ...(apps.length === 0 ? {} : { apps }),
      ...(clock === undefined ? {} : { clock }),
    },
  }
}

const known = new Set([
  '--',
  'port',
  'host',
  'seed',
  'app',
  'switch',
  'clock',
  'openControl',
  'open-control',
  'help',
  'h',
])

function refuseUnknown(options: Readonly<Record<string, unknown>>): void {
  for (const name of Object.keys(options))
    if (!known.has(name)) throw invalid(`There is no option --${name}; see --help.`)
}

function list(value: unknown): string[] {
  if (value === undefined) return []
  return (Array.isArray(value) ? value : [value]).map(String)
}

function readApp(text: string): AppInput {
  const [appid = '', secret = '', type = 'mp'] = text.split(':')
  const found = appTypes.find((one) => one === type)
  if (appid === '' || found === undefined)
    throw invalid(`--app takes appid:secret:type, type one of ${appTypes.join(', ')}.`)
  return secret === '' ? { appid, type: found } : { appid, secret, type: found }
}

function readSwitch(text: string): [string, unknown] {
  const [name = '', ...rest] = text.split('=')
  const value = rest.join('=')
  if (value === 'true' || value === 'false') return [name, value === 'true']
  const isNumber = Object.hasOwn(switchTable, name) && typeof switchTable[name as SwitchName].default === 'number'
  return [name, isNumber ? Number(value) : value]
}

function readMoment(text: string): number {
  const moment = Date.parse(text)
  if (Number.isNaN(moment)) throw invalid('--clock takes a moment such as 2026-01-01T00:00:00Z.')
  return moment
}

function readPort(value: unknown): number {
  const port = Number(value)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw invalid('--port takes a number from 0 to 65535.')
}

function invalid(message: string): SimulatorError {
  return new SimulatorError('ARGUMENT_INVALID', message)
}

function explained(error: Error): string {
  if (!(error instanceof SimulatorError) || error.code !== 'PORT_TAKEN') return error.message
  return [
    error.message,
    '端口已被占用：请换一个端口，或用 0 自动选择。',
    '',
    '  drawbridge-simulator --port 0      # a free port / 任意空闲端口',
    '  lsof -i :<port>                    # who has it / 查看占用者',
  ].join('\n')
}

function stopOnSignal(simulator: Simulator): void {
  const stop = (): void => {
    void simulator.close().then(() => process.exit(0))
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}
