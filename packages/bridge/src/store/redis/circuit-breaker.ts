/** Keeps commands away from a server that does not answer, and finds out when it does again. */
export interface CircuitBreaker {
  /** `go`: ask; `probe`: ask whether it is back, nobody else does; `wait`: it is gone. */
  admit(): 'go' | 'probe' | 'wait'
  succeeded(): void
  failed(): void
  isOpen(): boolean
}

/** So many failures in a row and it counts as gone; one more chance after the pause. */
const FAILURES_MOST = 3
const PAUSE_MS = 500

/** `onOpen` and `onClose` are told of changes; `monotonic` in ms. */
export function createCircuitBreaker(deps: {
  readonly monotonic: () => number
  readonly onOpen: () => void
  readonly onClose: () => void
}): CircuitBreaker {
  const { monotonic, onOpen, onClose } = deps
  let failures = 0
  let probeAt = 0
  let isProbing = false

  const isOpen = (): boolean => failures >= FAILURES_MOST

  return {
    isOpen,
    admit() {
      if (!isOpen()) return 'go'
      if (isProbing || monotonic() < probeAt) return 'wait'
      isProbing = true
      return 'probe'
    },
    succeeded() {
      // An answer to a question from before says nothing about now.
      if (isOpen() && !isProbing) return
      const wasOpen = isOpen()
      failures = 0
      isProbing = false
      if (wasOpen) onClose()
    },
    failed() {
      const wasOpen = isOpen()
      failures += 1
      if (!isOpen()) return
      isProbing = false
      probeAt = monotonic() + PAUSE_MS
      if (!wasOpen) onOpen()
    },
  }
}
