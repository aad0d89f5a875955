/** Bytes that a worker may send between two refills: 50 refills a second make 400 MB/s of results, or of rubbish. */
const BYTES = 8 * 1024 * 1024
/** Frames; each costs the server some microseconds, whatever it says. */
const FRAMES = 1000

/** How much is read of a worker: one that floods waits for the next refill, and the server does other work. */
export interface ReadBudget {
  /** `overdrawn`: it has to wait. */
  spend(bytes: number): 'left' | 'overdrawn'
  count(): void
  refill(): void
  /** Reads nothing until released, for another reason. */
  hold(): void
  release(): void
}

/** A budget that is full at first. `pause` and `resume` stop and start the reading. */
export function createReadBudget({ pause, resume }: { pause: () => void; resume: () => void }): ReadBudget {
  let bytes = BYTES
  let frames = FRAMES
  let isHeld = false
  let isPaused = false
  const settle = (): void => {
    const shouldPause = isHeld || bytes <= 0 || frames <= 0
    if (shouldPause === isPaused) return
    isPaused = shouldPause
    if (shouldPause) pause()
    else resume()
  }
  return {
    spend(spent) {
      bytes -= spent
      settle()
      return isPaused && !isHeld ? 'overdrawn' : 'left'
    },
    count: () => void (frames -= 1),
    refill() {
      bytes = BYTES
      frames = FRAMES
      settle()
    },
    hold() {
      isHeld = true
      settle()
    },
    release() {
      isHeld = false
      settle()
    },
  }
}
