import { callListener } from '../call-listener.ts'
import type { Report } from '../call-listener.ts'

/** Listeners of one kind of event. */
export interface Listeners<E> {
  on(listener: (event: E) => void): void
  off(listener: (event: E) => void): void
  emit(event: E): void
}

/** Listeners are told in the order in which they came, each whatever the others throw. */
export function createListeners<E>(report: Report): Listeners<E> {
  let all: readonly ((event: E) => void)[] = []
  return {
    on(listener) {
      if (all.indexOf(listener) < 0) all = all.concat(listener)
    },
    off(listener) {
      all = all.filter((each) => each !== listener)
    },
    emit: (event) => all.forEach((listener) => callListener(report, listener, event)),
  }
}
