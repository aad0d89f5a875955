import type { AnyNode, CallExpression, Node } from 'acorn'

/**
 * The key that an object's member has by what is written: `a.b`, `a['b']`, `{ b }`, `{ ['b']: … }`; undefined where it
 * is computed. @param valueOf what a name is given, where it has just one value
 */
export function keyWritten(
  key: Node,
  isComputed: boolean,
  valueOf: (name: string) => Node | undefined = () => undefined,
): string | undefined {
  // Nodes that acorn makes are of the types that it names.
  const node = key as AnyNode
  if (node.type === 'Literal') return String(node.value)
  if (node.type === 'TemplateLiteral')
    return node.expressions.length === 0 ? (node.quasis[0]?.value.cooked ?? undefined) : undefined
  if (node.type !== 'Identifier') return undefined
  if (!isComputed) return node.name
  const value = valueOf(node.name)
  return value ? keyWritten(value, true) : undefined
}

/** By which name a function or method is called. @param valueOf as `keyWritten` has it */
export function nameCalled(
  callee: CallExpression['callee'],
  valueOf?: (name: string) => Node | undefined,
): string | undefined {
  if (callee.type === 'MemberExpression') return keyWritten(callee.property, callee.computed, valueOf)
  return callee.type === 'Identifier' ? callee.name : undefined
}
