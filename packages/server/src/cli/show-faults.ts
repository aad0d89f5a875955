import { relative } from 'node:path'
import type { ReloadFault } from '../functions/function-host.ts'

/** Faults for people, one a line: `file:line:column  function: what is wrong`. Ends in a line break unless it is empty. */
export function showFaults(faults: readonly ReloadFault[], cwd: string): string {
  return faults
    .map(({ name, file, line, column, message }) => {
      const path = relative(cwd, file)
      const shown = path.startsWith('..') ? file : path
      return `${shown}${place(line, column)}  ${name === '' ? '' : `${name}: `}${message}\n`
    })
    .join('')
}

function place(...parts: readonly (number | undefined)[]): string {
  return parts.map((part) => (part === undefined ? '' : `:${part}`)).join('')
}
