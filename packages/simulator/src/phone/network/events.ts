/** Listeners of one kind of event. */
export interface Events<T> {
  on(listener: (event: T) => void): void
  /** Without a listener: all of them. */
  off(listener?: (event: T) => void): void
  emit(event: T): void
}

/** Makes an event with nobody listening. */
export function createEvents<T>(): Events<T> {
  const listeners = new Set<(event: T) => void>()
  return {
    on: (listener) => void listeners.add(listener),
    off: (listener) => (listener === undefined ? listeners.clear() : void listeners.delete(listener)),
    emit(event) {
      for (const listener of [...listeners]) listener(event)
    },
  }
}
