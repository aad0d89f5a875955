import { full } from 'acorn-walk'
import type { Expression, Node, PrivateIdentifier } from 'acorn'
import { secretTypes } from '@drawbridge/protocol'
import type { ParsedSource } from './parse-source.ts'

/** A condition on secretType that holds whatever the secretType is, or never holds. */
export interface OddGuard {
  readonly always: boolean
  /** The condition as it is written, one line. */
  readonly condition: string
  /** Both from 1. */
  readonly line: number
  readonly column: number
}

const CONDITION_MAX_CHARS = 160

/**
 * The guards of the old samples and what they were turned into: `secretType !== 'both' || secretType !== 'response'`
 * lets everything through that it was to stop, or stops everything.
 */
export function findOddGuards({ program, text }: Extract<ParsedSource, { program: unknown }>): readonly OddGuard[] {
  const found = new Map<Node, OddGuard>()
  full(program, (node) => {
    const always = verdictOf(node, text)
    if (always === undefined || !node.loc) return
    // Inner conditions come first in the walk; the outer one is told instead.
    for (const inner of found.keys()) if (node.start <= inner.start && inner.end <= node.end) found.delete(inner)
    const condition = text.slice(node.start, node.end).replace(/\s+/g, ' ').slice(0, CONDITION_MAX_CHARS)
    const { line, column } = node.loc.start
    found.set(node, { always, condition, line, column: column + 1 })
  })
  return [...found.values()].sort((a, b) => a.line - b.line)
}

/** What one operand of a condition says of one subject. */
type Part =
  | { readonly kind: 'compared'; readonly subject: string; readonly value: string; readonly isEqual: boolean }
  /** A bare word such as `'response'`, which is always true. */
  | { readonly kind: 'word' }
  | { readonly kind: 'other' }

/** true: always true; false: never true; undefined: neither, or nothing about secretType. */
function verdictOf(node: Node, text: string): boolean | undefined {
  const top = node as Expression
  if (top.type !== 'LogicalExpression' || top.operator === '??') return undefined
  const parts = flatten(top, top.operator, false, text)
  const compared = parts.filter((part) => part.kind === 'compared')
  if (!compared.some(({ subject }) => /secretType$/i.test(subject)) && !areSecretWords(compared)) return undefined
  const isOr = top.operator === '||'
  if (compared.length > 0 && isOr && parts.some(({ kind }) => kind === 'word')) return true
  // Two different values: not to be one of them, or not the other, is always so; to be both never is.
  const clash = compared.some((one) =>
    compared.some(
      (other) =>
        one.subject === other.subject && one.value !== other.value && one.isEqual === !isOr && other.isEqual === !isOr,
    ),
  )
  return clash ? isOr : undefined
}

/** Whatever the variable is called: it is held against at least two words of secretType, and no others. */
function areSecretWords(compared: readonly { readonly value: string }[]): boolean {
  const words = new Set(compared.map(({ value }) => value))
  return words.size > 1 && [...words].every((word) => secretTypes.some((each) => each === word))
}

/** The operands of one operator, through brackets and De Morgan's negations. */
function flatten(node: Expression, operator: '||' | '&&', isNegated: boolean, text: string): readonly Part[] {
  if (node.type === 'ParenthesizedExpression') return flatten(node.expression, operator, isNegated, text)
  if (node.type === 'UnaryExpression' && node.operator === '!')
    return flatten(node.argument, operator, !isNegated, text)
  if (node.type === 'LogicalExpression' && node.operator !== '??') {
    const meant = isNegated ? (node.operator === '||' ? '&&' : '||') : node.operator
    if (meant !== operator) return [{ kind: 'other' }]
    return [...flatten(node.left, operator, isNegated, text), ...flatten(node.right, operator, isNegated, text)]
  }
  return [partOf(node, isNegated, text)]
}

function partOf(node: Expression, isNegated: boolean, text: string): Part {
  if (node.type === 'Literal' && !isNegated && secretTypes.some((each) => each === node.value)) return { kind: 'word' }
  if (node.type !== 'BinaryExpression') return { kind: 'other' }
  const equal = equalities.get(node.operator)
  const [left, right] = [wordOf(node.left), wordOf(node.right)]
  const value = left ?? right
  if (equal === undefined || value === undefined) return { kind: 'other' }
  const subject = left === undefined ? node.left : node.right
  const written = text.slice(subject.start, subject.end).replace(/\s+/g, '').replaceAll('?.', '.')
  return { kind: 'compared', subject: written, value, isEqual: equal !== isNegated }
}

const equalities: ReadonlyMap<string, boolean> = new Map([
  ['===', true],
  ['==', true],
  ['!==', false],
  ['!=', false],
])

function wordOf(node: Expression | PrivateIdentifier): string | undefined {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value
  const [only] = node.type === 'TemplateLiteral' && node.expressions.length === 0 ? node.quasis : []
  return only?.value.cooked ?? undefined
}
