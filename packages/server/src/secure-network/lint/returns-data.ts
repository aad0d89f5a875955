import { full } from 'acorn-walk'
import type { Program } from 'acorn'

/** Whether anything in a source gives a value back: a hint, no proof. */
export function returnsData(program: Program): boolean {
  let isReturning = false
  full(program, (node) => {
    if (node.type === 'ReturnStatement' && 'argument' in node && node.argument !== null) isReturning = true
    if (node.type === 'ArrowFunctionExpression' && 'expression' in node && node.expression) isReturning = true
  })
  return isReturning
}
