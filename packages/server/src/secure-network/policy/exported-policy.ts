import { full } from 'acorn-walk'
import type { Expression, MemberExpression, Node, Pattern, Program, Property, SpreadElement } from 'acorn'
import type { Position } from '../../config/place.ts'

/** The name under which code declares who may call it. */
export const EXPORTED_POLICY = 'drawbridgePolicy'

/** What a source exports as its policy, and where. `isLiteral` is false where more would have to be run to know it. */
export type ExportedPolicy = { readonly position: Position | undefined } & (
  { readonly isLiteral: true; readonly value: unknown } | { readonly isLiteral: false }
)

/**
 * The value of the constant `drawbridgePolicy` that a source exports, read and not run: `export const`, `exports.…`,
 * `module.exports.…`, or a member of `module.exports = {…}`. Undefined: it exports none.
 */
export function exportedPolicy(program: Program): ExportedPolicy | undefined {
  const found: (Expression | null | undefined)[] = []
  const take = (expression: Expression | null | undefined): void => void found.push(expression)
  for (const statement of program.body) {
    if (statement.type === 'ExportNamedDeclaration') {
      if (statement.declaration?.type === 'VariableDeclaration')
        for (const { id, init } of statement.declaration.declarations) if (isNamed(id)) take(init)
      // `export { x as drawbridgePolicy }` names what stands elsewhere.
      for (const { exported } of statement.specifiers) if (isPolicyName(nameOf(exported))) take(undefined)
    }
    if (statement.type !== 'ExpressionStatement' || statement.expression.type !== 'AssignmentExpression') continue
    const { left, right } = statement.expression
    if (left.type !== 'MemberExpression') continue
    if (isPolicyName(memberName(left)) && isExports(left.object)) take(right)
    if (isExports(left) && right.type === 'ObjectExpression')
      for (const property of right.properties) if (isPolicyMember(property)) take(property.value)
  }
  const mentioned = found.length === 0 ? firstMention(program) : undefined
  if (found.length === 0 && !mentioned) return undefined
  const [only] = found
  const position = positionOf(only ?? mentioned ?? firstMention(program))
  const read = only && found.length === 1 ? literal(only) : undefined
  return read ? { isLiteral: true, value: read.value, position } : { isLiteral: false, position }
}

function positionOf(node: Node | undefined): Position | undefined {
  return node?.loc ? { line: node.loc.start.line, column: node.loc.start.column + 1 } : undefined
}

function firstMention(program: Program): Node | undefined {
  let first: Node | undefined
  full(program, (node) => {
    if (namesIn(node).some(isPolicyName) && (!first || node.start < first.start)) first = node
  })
  return first
}

/** The walk does not come to names of members. */
function namesIn(node: Node): readonly (string | undefined)[] {
  const key = 'key' in node ? (node.key as Node) : undefined
  const property = 'property' in node ? (node.property as Node) : undefined
  return [node, key, property].map((each) => each && nameOf(each))
}

function isPolicyName(name: string | undefined): boolean {
  return name === EXPORTED_POLICY
}

function isNamed(id: Pattern): boolean {
  return id.type === 'Identifier' && isPolicyName(id.name)
}

function nameOf(node: { readonly type: string }): string | undefined {
  if ('name' in node && typeof node.name === 'string') return node.name
  return 'value' in node && typeof node.value === 'string' ? node.value : undefined
}

function memberName({ property, computed }: MemberExpression): string | undefined {
  return computed && property.type !== 'Literal' ? undefined : nameOf(property)
}

/** `exports`, or `module.exports`. */
function isExports(node: { readonly type: string }): boolean {
  if (node.type === 'Identifier') return nameOf(node) === 'exports'
  if (!isMember(node)) return false
  return memberName(node) === 'exports' && nameOf(node.object) === 'module'
}

function isMember(node: { readonly type: string }): node is MemberExpression {
  return node.type === 'MemberExpression'
}

function isPolicyMember(property: Property | SpreadElement): property is Property {
  return property.type === 'Property' && !property.computed && isPolicyName(nameOf(property.key))
}

/** The value of an expression of literals; undefined where it has anything else in it. */
function literal(expression: Expression): { readonly value: unknown } | undefined {
  if (expression.type === 'Literal') return { value: expression.value }
  if (expression.type === 'ArrayExpression') {
    const items = expression.elements.map((item) => (item && item.type !== 'SpreadElement' ? literal(item) : undefined))
    return items.every((item) => item !== undefined) ? { value: items.map(({ value }) => value) } : undefined
  }
  if (expression.type !== 'ObjectExpression') return undefined
  const members = new Map<string, unknown>()
  for (const property of expression.properties) {
    const name = property.type === 'Property' && !property.computed ? nameOf(property.key) : undefined
    const read = property.type === 'Property' ? literal(property.value) : undefined
    if (name === undefined || !read) return undefined
    members.set(name, read.value)
  }
  return { value: Object.fromEntries(members) }
}
