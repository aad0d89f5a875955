import type { Answer, Ask } from './create-answering.ts'

/** Asks of one worker that the server works on at once. */
const AT_ONCE = 64

/** The asks of one worker: a few at once, the others in their turn. */
export interface AskQueue {
  take(id: number, ask: Ask): void
}

/**
 * @param onFull told true when more came than are worked on at once, so that no more is read, and false when there is
 * room again: what waits is at most what one chunk brought.
 */
export function createAskQueue({
  answer,
  send,
  onFull,
}: {
  readonly answer: (ask: Ask) => Promise<Answer>
  readonly send: (id: number, answer: Answer) => void
  readonly onFull: (isFull: boolean) => void
}): AskQueue {
  const waiting: { readonly id: number; readonly ask: Ask }[] = []
  let atWork = 0
  return {
    take(id, ask) {
      waiting.push({ id, ask })
      if (atWork < AT_ONCE) next()
      else onFull(true)
    },
  }

  function next(): void {
    const first = waiting.shift()
    if (!first) return
    atWork += 1
    void answer(first.ask).then((answered) => {
      atWork -= 1
      send(first.id, answered)
      if (waiting.length > 0) next()
      else onFull(false)
    })
  }
}
