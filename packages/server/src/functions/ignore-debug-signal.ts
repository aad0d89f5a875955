let hosts = 0
const ignore = (): void => undefined

/**
 * While functions run beside this process, SIGUSR1 opens no inspector in it: a worker of the same user could send it,
 * and read every key through the inspector's port then. `--inspect` works as ever. Gives what ends this.
 */
export function ignoreDebugSignal(): () => void {
  hosts += 1
  if (hosts === 1) process.on('SIGUSR1', ignore)
  let isOver = false
  return () => {
    if (isOver) return
    isOver = true
    hosts -= 1
    if (hosts === 0) process.off('SIGUSR1', ignore)
  }
}
