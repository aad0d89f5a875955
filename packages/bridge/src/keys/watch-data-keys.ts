import { DrawbridgeError } from '@drawbridge/protocol'
import type { BridgeEvent } from '../bridge.ts'
import type { Keyring } from './keyring.ts'

/** How soon a running process knows of a new data key, ms. */
export const KEYS_KNOWN_WITHIN_MS = 2_000

/**
 * Reads the list of data keys again and again, so that a process has a new key before the master key that wraps it is
 * changed. Tells when it cannot: the master key was changed, and this process has yet to be started with the new one.
 */
export function watchDataKeys(deps: {
  readonly keyring: Pick<Keyring, 'reload'>
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly onEvent: (event: BridgeEvent) => void
}): { stop(): void } {
  const { keyring, sleep, onEvent } = deps
  const stopping = new AbortController()
  let isKnown = true

  function tell(isOk: boolean): void {
    if (isOk === isKnown) return
    isKnown = isOk
    onEvent({
      type: 'tier',
      tier: 'keys',
      state: isOk ? 'up' : 'down',
      ...(isOk ? {} : { error: 'MASTER_KEY_INVALID' }),
    })
  }

  const isStopping = (): boolean => stopping.signal.aborted

  async function watch(): Promise<void> {
    while (!isStopping()) {
      // An aborted sleep rejects; the loop's own condition ends it.
      await sleep(KEYS_KNOWN_WITHIN_MS, stopping.signal).catch(() => undefined)
      if (isStopping()) return
      await keyring.reload().then(
        () => tell(true),
        (error: unknown) => {
          // A database that is gone is told of by the store.
          if (error instanceof DrawbridgeError && error.code === 'MASTER_KEY_INVALID') tell(false)
        },
      )
    }
  }
  void watch()
  return { stop: () => stopping.abort() }
}
