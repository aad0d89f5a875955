/** Takes what a listener or a callback of the app's threw. */
export type Report = (error: unknown) => void

/** Calls what the app gave, at once. What that throws or rejects with is reported, and is nobody else's. */
export function callListener<E>(report: Report, listener: ((event: E) => unknown) | undefined, event: E): void {
  new Promise((resolve) => resolve(listener?.(event))).catch(report)
}
