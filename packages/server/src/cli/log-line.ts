import type { FunctionLogEntry } from '../functions/function-log.ts'
import { visibleLines, visibleText } from './visible-text.ts'

/**
 * One entry of a function's log, for a terminal: when, whose, of which call, what. Ends in a line break. What a function
 * logs may come from anybody: nothing of it commands the terminal, and its further lines are indented.
 */
export function logLine({ at, name, requestId, level, text, end }: Omit<FunctionLogEntry, 'seq'>): string {
  const time = new Date(at).toISOString().slice(11, 23)
  const said = visibleLines(text.replace(/\r?\n/g, '\n    '))
  const ended = end && `${visibleText(end.code)}  ${Math.round(end.durationMs)} ms  ${Math.round(end.memoryMb)} MB`
  const words = [time, visibleText(name), visibleText(requestId), ended === undefined ? level : 'end']
  return `${[...words, ...(ended === undefined ? [] : [ended]), ...(said === '' ? [] : [said])].join('  ')}\n`
}
