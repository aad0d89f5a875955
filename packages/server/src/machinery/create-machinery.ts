import { request } from 'undici'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { Machinery, PlatformProbe } from '../cli/machinery.ts'
import type { Time } from '../cli/world.ts'
import { loadConfig } from '../config/load-config.ts'
import { openReplica } from './open-replica.ts'

/** The real machinery under the command line: files, stores, sockets. */
export function createMachinery(time: Time): Machinery {
  return {
    loadConfig,
    openReplica: (config) => openReplica(config, time),
    async openFunctions(config) {
      const { openFunctionsAlone } = await import('./open-functions-alone.ts')
      return openFunctionsAlone(config, time)
    },
    async openDesk(config) {
      const { openSecureNetworkDesk } = await import('./open-secure-network.ts')
      return openSecureNetworkDesk(config, time)
    },
    async startServer(config, options) {
      // Loaded when wanted: most commands need no HTTP server, and start in half the time.
      const { startServer } = await import('./start-server.ts')
      return startServer(config, options, time)
    },
    probePlatform: (url, timeoutMs) => probePlatform(url, timeoutMs, time.now),
  }
}

async function probePlatform(url: string, timeoutMs: number, now: () => number): Promise<PlatformProbe> {
  const startedAt = now()
  try {
    const { statusCode, headers, body } = await request(url, { method: 'HEAD', signal: AbortSignal.timeout(timeoutMs) })
    await body.dump()
    const { date } = headers
    const moment = typeof date === 'string' ? Date.parse(date) : Number.NaN
    return { status: statusCode, date: Number.isNaN(moment) ? undefined : moment, tookMs: now() - startedAt }
  } catch (cause) {
    throw new DrawbridgeError('UPSTREAM_UNREACHABLE', { host: new URL(url).host }, { cause })
  }
}
