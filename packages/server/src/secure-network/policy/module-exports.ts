import type {
  AssignmentExpression,
  ExportDefaultDeclaration as DefaultDeclaration,
  Expression,
  MemberExpression,
  Node,
  Program,
  SpreadElement,
} from 'acorn'
import { nameOf } from './name-of.ts'

/** One name that a module exports. */
export interface NamedExport {
  readonly name: string
  readonly node: Node
  /** Undefined: it stands elsewhere. */
  readonly value: Expression | undefined
}

/** What a module exports, as far as that can be told without running it. */
export interface ModuleExports {
  readonly named: readonly NamedExport[]
  /** Modules whose exports become its own: all, or at least the name that was asked for. */
  readonly reexports: readonly string[]
}

/**
 * What a module exports, in ESM (`export const`, `export * from`, `export {name} from`) or CommonJS (`exports.…`,
 * `module.exports = {…}` with `...require('…')`, `Object.assign(exports, require('…'))`, a module by its constant).
 */
export function moduleExports(program: Program, wanted: string): ModuleExports {
  const named: NamedExport[] = []
  const reexports: string[] = []
  const constants = topConstants(program)
  const imports = topImports(program)
  for (const statement of program.body) {
    if (statement.type === 'ExportAllDeclaration' && !statement.exported) reexports.push(String(statement.source.value))
    if (statement.type === 'ExportNamedDeclaration') {
      if (statement.declaration?.type === 'VariableDeclaration')
        for (const { id, init } of statement.declaration.declarations) add(id, init ?? undefined)
      for (const { exported, local } of statement.specifiers)
        if (statement.source && nameOf(exported) === wanted && nameOf(local) === wanted)
          reexports.push(String(statement.source.value))
        else add(exported, undefined)
    }
    // A function's members may be those of its default export.
    if (statement.type === 'ExportDefaultDeclaration' && isExpression(statement.declaration))
      spread(statement.declaration, constants.size)
    if (statement.type !== 'ExpressionStatement') continue
    const { expression } = statement
    if (expression.type === 'AssignmentExpression') assigned(expression)
    if (expression.type === 'CallExpression' && expression.arguments.some(isExports))
      for (const argument of expression.arguments) spread(argument, constants.size)
  }
  return { named, reexports }

  function add(key: Node, value: Expression | undefined): void {
    const name = nameOf(key)
    if (name !== undefined) named.push({ name, node: value ?? key, value })
  }

  function assigned({ left, right }: AssignmentExpression): void {
    if (right.type === 'AssignmentExpression') assigned(right)
    if (left.type !== 'MemberExpression' && left.type !== 'Identifier') return
    if (left.type === 'MemberExpression' && isExports(left.object) && memberKey(left)) add(left.property, right)
    if (!isExports(left)) return
    if (right.type !== 'ObjectExpression') {
      spread(right, constants.size)
      return
    }
    for (const property of right.properties)
      if (property.type === 'SpreadElement') spread(property, constants.size)
      else if (!property.computed || property.key.type === 'Literal') add(property.key, property.value)
  }

  /** The modules that an object is made of as a whole. `left`: constants that may still be looked up. */
  function spread(node: Expression | SpreadElement, left: number): void {
    const parts = partsOf(node)
    for (const part of parts) spread(part, left)
    if (node.type === 'Identifier') {
      const value = left > 0 ? constants.get(node.name) : undefined
      if (value) spread(value, left - 1)
      const imported = imports.get(node.name)
      if (imported !== undefined) reexports.push(imported)
    }
    const specifier = requiredBy(node)
    if (specifier !== undefined) reexports.push(specifier)
  }
}

function partsOf(node: Expression | SpreadElement): readonly (Expression | SpreadElement)[] {
  if (node.type === 'SpreadElement') return [node.argument]
  if (node.type === 'AssignmentExpression') return [node.right]
  if (node.type === 'ParenthesizedExpression') return [node.expression]
  if (node.type === 'ObjectExpression') return node.properties.filter((each) => each.type === 'SpreadElement')
  const isAssign =
    node.type === 'CallExpression' && node.callee.type === 'MemberExpression' && memberKey(node.callee) === 'assign'
  return isAssign ? node.arguments : []
}

/** `require('x')` of a text that stands there. */
function requiredBy(node: Node): string | undefined {
  if (!isCall(node) || node.callee.type !== 'Identifier' || node.callee.name !== 'require') return undefined
  const [argument] = node.arguments
  return argument?.type === 'Literal' && typeof argument.value === 'string' ? argument.value : undefined
}

function isCall(node: Node): node is Extract<Expression, { type: 'CallExpression' }> {
  return node.type === 'CallExpression'
}

function topConstants({ body }: Program): ReadonlyMap<string, Expression> {
  const constants = new Map<string, Expression>()
  for (const statement of body)
    if (statement.type === 'VariableDeclaration')
      for (const { id, init } of statement.declarations)
        if (id.type === 'Identifier' && init) constants.set(id.name, init)
  return constants
}

/** Modules by the names that they have here as a whole. */
function topImports({ body }: Program): ReadonlyMap<string, string> {
  const imports = new Map<string, string>()
  for (const statement of body)
    if (statement.type === 'ImportDeclaration')
      for (const { type, local } of statement.specifiers)
        if (type !== 'ImportSpecifier') imports.set(local.name, String(statement.source.value))
  return imports
}

function isExpression(node: DefaultDeclaration['declaration']): node is Expression {
  return node.type !== 'FunctionDeclaration' && node.type !== 'ClassDeclaration'
}

/** `exports`, or `module.exports`. */
function isExports(node: Node): boolean {
  if (node.type === 'Identifier') return nameOf(node) === 'exports'
  return isMember(node) && memberKey(node) === 'exports' && nameOf(node.object) === 'module'
}

function isMember(node: Node): node is MemberExpression {
  return node.type === 'MemberExpression'
}

function memberKey({ property, computed }: MemberExpression): string | undefined {
  return computed && property.type !== 'Literal' ? undefined : nameOf(property)
}
