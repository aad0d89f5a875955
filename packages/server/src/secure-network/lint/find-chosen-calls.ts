import { ancestor } from 'acorn-walk'
import type { AnyNode, CallExpression, Node, Property, SpreadElement } from 'acorn'
import { createTaint } from './create-taint.ts'
import type { Taint } from './create-taint.ts'
import { keyWritten, nameCalled } from './key-written.ts'
import type { ParsedSource } from './parse-source.ts'

/** A call of another function whose name the caller chooses. */
export interface ChosenCall {
  /** What names the function, as it is written, one line. */
  readonly written: string
  /** Both from 1. */
  readonly line: number
  readonly column: number
}

const WRITTEN_MAX_CHARS = 80

/**
 * `callFunction({ name: event.name })` and `importObject(event.name)`: a function that everybody may call lets its
 * callers reach guarded ones, as a source of its own that proves nothing about clients. `isEntry`: the source is what
 * callers call, and no module of it.
 */
export function findChosenCalls(
  { program, text }: Extract<ParsedSource, { program: unknown }>,
  options: { readonly isEntry: boolean },
): readonly ChosenCall[] {
  const found: ChosenCall[] = []
  // Most sources call no other function.
  if (!/callFunction|importObject/.test(text)) return found
  const taint = createTaint(program, options)
  ancestor(program, {
    CallExpression(node, _state, ancestors) {
      const name = nameAsked(node, ancestors, taint)
      if (!name?.loc || !taint.isTainted(name, ancestors)) return
      const written = text.slice(name.start, name.end).replace(/\s+/g, ' ').slice(0, WRITTEN_MAX_CHARS)
      const { line, column } = name.loc.start
      found.push({ written, line, column: column + 1 })
    },
  })
  return found.sort((a, b) => a.line - b.line || a.column - b.column)
}

/** What says which function is called; the whole argument where it is not written out. */
function nameAsked({ callee, arguments: given }: CallExpression, ancestors: readonly Node[], taint: Taint) {
  const called = nameCalled(callee, (name) => taint.writtenOnce(name, ancestors))
  const [first] = given
  if (!first || first.type === 'SpreadElement') return undefined
  if (called === 'importObject') return first
  return called === 'callFunction' ? nameIn(first, ancestors, taint) : undefined
}

function nameIn(argument: Node, ancestors: readonly Node[], taint: Taint): Node {
  const given = argument as AnyNode
  if (given.type === 'Identifier') {
    const written = taint.writtenOnce(given.name, ancestors)
    return written?.type === 'ObjectExpression' ? nameIn(written, ancestors, taint) : given
  }
  if (given.type !== 'ObjectExpression') return given
  // The last one counts, a spread object's own included.
  const said = given.properties.findLast((each) => each.type === 'SpreadElement' || isName(each))
  return said?.type === 'SpreadElement' ? said.argument : (said?.value ?? given)
}

function isName(property: Property | SpreadElement): boolean {
  return property.type === 'Property' && keyWritten(property.key, property.computed) === 'name'
}
