import { clientInfo } from '../calls/client-info.ts'
import { spaceInfo } from '../calls/function-context.ts'
import { objectClientInfo } from '../calls/object-context.ts'
import type { RunningCall } from '../worker/call-scope.ts'
import type { SpaceFacts } from '../wire/worker-frame.ts'

/** What `uniCloud` tells of the calls that run in this process, that of the asking code first. */
export interface RunningLists {
  getRequestList(): string[]
  getClientInfos(): Record<string, unknown>[]
  getCloudInfos(): Record<string, unknown>[]
}

/** @param running the calls that run now. */
export function createRunningLists(
  space: SpaceFacts,
  running: () => readonly RunningCall[],
  currentCall: () => RunningCall | undefined,
): RunningLists {
  const calls = (): readonly RunningCall[] => {
    const current = currentCall()
    const others = running().filter((call) => call !== current)
    return current ? [current, ...others] : others
  }
  const runtimeEnv = space.runtimeEnv
  return {
    getRequestList: () => calls().map(({ facts }) => facts.requestId),
    getClientInfos: () => calls().map(({ facts }) => ({ ...clientInfo(facts), ...objectClientInfo(facts) })),
    getCloudInfos() {
      const infos = calls().map(({ entry, facts }) => ({
        ...spaceInfo(space),
        functionName: entry.name,
        functionType: entry.kind === 'object' ? 'cloudobject' : 'cloudfunction',
        requestId: facts.requestId,
        runtimeEnv,
      }))
      // Modules ask for the provider while they are loaded, when no call need run.
      return infos.length > 0 ? infos : [{ ...spaceInfo(space), runtimeEnv }]
    },
  }
}
