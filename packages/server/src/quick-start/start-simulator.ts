import type { App, PlatformId } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import type * as Simulator from '@drawbridge/simulator'

/** A simulator that runs in this process. */
export interface BesideSimulator {
  /** `http://127.0.0.1:7402` */
  readonly url: string
  close(): Promise<void>
}

const typeOf: Readonly<Record<PlatformId, Simulator.AppType>> = {
  'weixin-mp': 'mp',
  'weixin-h5': 'oa',
  'weixin-web': 'web',
  'weixin-app': 'mobile',
  'qq-mp': 'qq-mp',
  'qq-app': 'qq-app',
}

/** WeChat and QQ beside the server, knowing these apps and their secrets; on a free port when `port` is taken. */
export async function startSimulator(apps: readonly App[], port: number): Promise<BesideSimulator> {
  const module = await loadSimulator()
  const inputs = [...new Map(apps.map((app) => [app.appid, app])).values()].map(({ appid, platform, secret }) => ({
    appid,
    type: typeOf[platform],
    secret,
    openPlatformId: 'drawbridge-sample',
    ipWhitelist: ['127.0.0.1', '::1'],
  }))
  const simulator = module.createSimulator({ apps: inputs })
  const { url } = await simulator.listen(port).catch((error: unknown) => {
    if (error instanceof module.SimulatorError && error.code === 'PORT_TAKEN') return simulator.listen(0)
    throw error
  })
  return { url, close: () => simulator.close() }
}

/** Loaded when it is wanted: a production server runs without it. */
async function loadSimulator(): Promise<typeof Simulator> {
  try {
    return await import('@drawbridge/simulator')
  } catch (cause) {
    throw new DrawbridgeError('SYSTEM_ERROR', { missing: '@drawbridge/simulator' }, { cause })
  }
}
