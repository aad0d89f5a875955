import { redirectConsole } from './worker/redirect-console.ts'
import { callScope, currentCall } from './worker/call-scope.ts'
import { createLeftovers } from './worker/create-leftovers.ts'
import { createLog } from './worker/create-log.ts'
import { createWorker } from './worker/create-worker.ts'
import { harden } from './worker/harden.ts'
import { openHostLink } from './worker/host-link.ts'
import { watchUncaught } from './worker/watch-uncaught.ts'
import { prepareGlobals } from './worker/prepare-globals.ts'

const HOST_FD = 3

const { exit } = process
const link = openHostLink({
  fd: HOST_FD,
  onFrame: (head, payload) => worker.receive(head, payload),
  onGone: () => exit(0),
})
const { setImmediate } = globalThis
const leftovers = createLeftovers(
  process.getActiveResourcesInfo.bind(process),
  () => new Promise((resolve) => void setImmediate(resolve)),
)
const log = createLog(link, currentCall)
const worker = createWorker({
  link,
  leftovers,
  prepare: (started) => prepareGlobals(started, { log, now: Date.now }),
  onIdle: () => void link.drained().then(() => exit(1)),
})
// Ctrl-C and service managers signal every process at once; the server finishes its calls first, and then ends this one.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)
redirectConsole(console, log)
watchUncaught({ process, log, fail: (fault) => worker.fail(callScope.getStore(), fault) })
harden(process)
