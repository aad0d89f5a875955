/** The platform's own timer: `Host.startTimer` where nobody brings another. */
export function startTimer(ms: number, run: () => void): () => void {
  // eslint-disable-next-line no-restricted-globals -- the host is where timers come from
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}
