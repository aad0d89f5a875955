import { fileURLToPath } from 'node:url'

/** A line of a file; `column` counts from 1 and is there where it is known. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column?: number
}

/** `file:///a/b.js:3`, `/a/b.js:3:14`, alone on the first line of a stack, or in brackets at the end of a frame. */
const HEAD = /^((?:file:\/\/)?\/.*?):(\d+)(?::(\d+))?$/
const FRAME = /^\s+at (?:.*\()?((?:file:\/\/)?\/.*?):(\d+):(\d+)\)?$/
/** Under the line that could not be parsed. */
const CARET = /^\s*\^+\s*$/

/** Where an error comes from: the line that could not be parsed, or the topmost frame that is a file. */
export function placeOf(error: unknown): Place | undefined {
  const stack: unknown = typeof error === 'object' && error !== null ? (error as { stack?: unknown }).stack : undefined
  if (typeof stack !== 'string') return undefined
  const [head = '', ...frames] = stack.split('\n')
  const place = HEAD.exec(head) ?? frames.map((frame) => FRAME.exec(frame)).find((match) => match !== null)
  const [, file, line, column = caretColumn(head, frames)] = place ?? []
  if (file === undefined || line === undefined) return undefined
  return {
    file: file.startsWith('file:') ? fileURLToPath(file) : file,
    line: Number(line),
    ...(column !== undefined && { column: Number(column) }),
  }
}

function caretColumn(head: string, [, caret = '']: readonly string[]): string | undefined {
  return HEAD.test(head) && CARET.test(caret) ? String(caret.indexOf('^') + 1) : undefined
}
