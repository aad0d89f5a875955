/** Notices what a call leaves running in its process. */
export interface Leftovers {
  /** What runs now belongs to the process: taken when it is ready, and after a function's file was loaded. */
  accept(): void
  /** Whether more runs than was accepted, also a few turns of the event loop later: what has just ended may still count. */
  remain(): Promise<boolean>
}

/** What works on after its call. Sockets are not among it: pools of connections are meant to outlive a call. */
const LASTING = ['Timeout', 'Immediate', 'TCPServerWrap', 'PipeServerWrap', 'UDPWrap', 'FSEventWrap', 'StatWatcher']

const TURNS = 3

/**
 * @param resources names of what keeps the process alive, as `process.getActiveResourcesInfo` gives them.
 * @param turn resolves after one turn of the event loop.
 */
export function createLeftovers(resources: () => readonly string[], turn: () => Promise<void>): Leftovers {
  let accepted = count(resources())
  return {
    accept() {
      const now = count(resources())
      accepted = accepted.map((before, i) => Math.max(before, now[i] ?? 0))
    },
    async remain() {
      for (let turns = 0; isMore(); turns += 1) {
        if (turns === TURNS) return true
        await turn()
      }
      return false
    },
  }

  function isMore(): boolean {
    return count(resources()).some((now, i) => now > (accepted[i] ?? 0))
  }
}

function count(names: readonly string[]): readonly number[] {
  return LASTING.map((kind) => names.filter((name) => name === kind).length)
}
