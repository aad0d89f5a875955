import type { FunctionLogEntry } from '../functions/function-log.ts'

/** One entry of a function's log, for a terminal: when, whose, of which call, what. Ends in a line break. */
export function logLine({ at, name, requestId, level, text, end }: Omit<FunctionLogEntry, 'seq'>): string {
  const time = new Date(at).toISOString().slice(11, 23)
  const said = visible(text)
  const ended = end && `${end.code}  ${Math.round(end.durationMs)} ms  ${Math.round(end.memoryMb)} MB`
  const words = [time, visible(name), visible(requestId), ended === undefined ? level : 'end']
  return `${[...words, ...(ended === undefined ? [] : [ended]), ...(said === '' ? [] : [said])].join('  ')}\n`
}

/** What a function logs may come from anybody: nothing of it commands the terminal, and nothing looks like another entry. */
function visible(text: string): string {
  return text
    .replace(/\r?\n/g, '\n    ')
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
