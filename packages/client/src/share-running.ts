/** While it runs, who asks for it again waits for the same; what it gives, or that it failed, is everybody's. */
export function shareRunning<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  return async () => {
    running = running ?? run()
    try {
      return await running
    } finally {
      running = undefined
    }
  }
}
