/** Resolves in the next turn of the event loop: everything that waits now comes first. It is no wait for time. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
