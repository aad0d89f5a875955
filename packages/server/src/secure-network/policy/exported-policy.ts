import type { Expression, Node, Program } from 'acorn'
import type { Position } from '../../config/place.ts'
import { suggest } from '../../config/suggest.ts'
import { findMention } from './find-mention.ts'
import { moduleExports } from './module-exports.ts'
import { nameOf } from './name-of.ts'

/** The name under which code declares who may call it. */
export const EXPORTED_POLICY = 'drawbridgePolicy'

/** What a source exports as its policy, and where. `isLiteral` is false where more would have to be run to know it. */
export type ExportedPolicy = { readonly position: Position | undefined } & (
  { readonly isLiteral: true; readonly value: unknown } | { readonly isLiteral: false }
)

/** What a source says of its policy. */
export interface PolicyExports {
  /** Undefined: it exports none itself. */
  readonly policy?: ExportedPolicy
  /** Modules whose exports become its own, and so may hold its policy. */
  readonly reexports: readonly string[]
  /** A name that it exports and that was probably meant for the policy's. */
  readonly misnamed?: { readonly name: string; readonly position: Position | undefined }
}

/**
 * The value of the constant `drawbridgePolicy` that a source exports, read and not run: `export const`, `exports.…`,
 * `module.exports.…`, or a member of `module.exports = {…}`; or the modules that it would have to come from.
 */
export function exportedPolicy(program: Program): PolicyExports {
  const { named, reexports } = moduleExports(program, EXPORTED_POLICY)
  const found = named.filter(({ name }) => name === EXPORTED_POLICY)
  const [only] = found
  const node = only?.node ?? findMention(program, EXPORTED_POLICY, 'followed')
  if (node) {
    const read = only?.value && found.length === 1 ? literal(only.value) : undefined
    const position = positionOf(node)
    return {
      policy: read ? { isLiteral: true, value: read.value, position } : { isLiteral: false, position },
      reexports,
    }
  }
  const near = named.find(({ name }) => isNear(name))
  return { reexports, ...(near && { misnamed: { name: near.name, position: positionOf(near.node) } }) }
}

/** Where a node begins. */
export function positionOf(node: Node): Position | undefined {
  return node.loc ? { line: node.loc.start.line, column: node.loc.start.column + 1 } : undefined
}

/** Names of other things end in Policy too. */
function isNear(name: string): boolean {
  return /^d/i.test(name) && suggest(name, [EXPORTED_POLICY]) !== undefined
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
