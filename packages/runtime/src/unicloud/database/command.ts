import { DrawbridgeError } from '@drawbridge/protocol'

/** What a member of `db.command` gave: an operator and its operand, to stand where a value stands. */
export type Expression =
  | { readonly kind: 'query' | 'change'; readonly operator: string; readonly operand: unknown }
  | { readonly kind: 'and' | 'or' | 'nor' | 'not'; readonly operands: readonly unknown[] }

/** An expression with uniCloud's chaining: `_.gt(1).and(_.lt(5))`, `_.gt(1).lt(5)`. */
export type Command = { readonly [Name in CommandName]: (...args: unknown[]) => Command }

type CommandName = QueryName | (typeof logical)[number] | ChangeName | (typeof unsupported)[number]
type QueryName =
  'eq' | 'neq' | 'gt' | 'gte' | 'lt' | 'lte' | 'in' | 'nin' | 'all' | 'exists' | 'elemMatch' | 'size' | 'mod'
type ChangeName =
  | 'set'
  | 'remove'
  | 'inc'
  | 'mul'
  | 'min'
  | 'max'
  | 'rename'
  | 'push'
  | 'unshift'
  | 'pop'
  | 'shift'
  | 'pull'
  | 'pullAll'
  | 'addToSet'

/** The members of `db.command` that make conditions, by name. */
const queries: Readonly<Record<QueryName, (...args: unknown[]) => unknown>> = {
  eq: (value) => value,
  neq: (value) => value,
  gt: (value) => value,
  gte: (value) => value,
  lt: (value) => value,
  lte: (value) => value,
  in: (list) => list,
  nin: (list) => list,
  all: (list) => list,
  exists: (isThere = true) => isThere,
  elemMatch: (condition) => condition,
  size: (length) => length,
  mod: (...values) => listOf(values),
}

const logical = ['and', 'or', 'nor', 'not'] as const

/** The members that make changes: uniCloud's name, MongoDB's operator, its operand. */
const changes: Readonly<Record<ChangeName, readonly [operator: string, operand: (...args: unknown[]) => unknown]>> = {
  set: ['$set', (value) => value],
  remove: ['$unset', () => ''],
  inc: ['$inc', (by) => by],
  mul: ['$mul', (by) => by],
  min: ['$min', (value) => value],
  max: ['$max', (value) => value],
  rename: ['$rename', (name) => name],
  push: ['$push', pushed],
  unshift: ['$push', (...values) => ({ $each: listOf(values), $position: 0 })],
  pop: ['$pop', () => 1],
  shift: ['$pop', () => -1],
  pull: ['$pull', (condition) => condition],
  pullAll: ['$pullAll', (list) => list],
  addToSet: ['$addToSet', added],
}

const unsupported = ['expr', 'geoNear', 'geoWithin', 'geoIntersects', 'jsonSchema', 'text'] as const

// Not the prototype of plain objects: libraries that merge objects deeply take such a one as it is.
const chain: Record<string, unknown> = {}
const expressions = new WeakMap<object, Expression>()

/** `db.command`: what makes conditions, and what makes changes. Throws `UNICLOUD_NOT_SUPPORTED` for the others. */
export const command: Command = Object.freeze(createCommands())

/** What a command stands for; undefined: the value is no command. */
export function expressionOf(value: unknown): Expression | undefined {
  return typeof value === 'object' && value !== null ? expressions.get(value) : undefined
}

function createCommands(): Command {
  const commands: Record<string, (...args: unknown[]) => Command> = {}
  for (const [name, operandOf] of Object.entries(queries)) {
    const make = (...args: unknown[]): Command =>
      commandOf({ kind: 'query', operator: name === 'neq' ? '$ne' : `$${name}`, operand: operandOf(...args) })
    commands[name] = make
    chain[name] = function (this: unknown, ...args: unknown[]) {
      return commandOf({ kind: 'and', operands: [this, make(...args)] })
    }
  }
  for (const kind of logical) {
    const make = (...args: unknown[]): Command => commandOf({ kind, operands: listOf(args) })
    commands[kind] = make
    chain[kind] = function (this: unknown, ...args: unknown[]) {
      if (kind === 'and' || kind === 'or') return commandOf({ kind, operands: [this, ...listOf(args)] })
      return commandOf({ kind: 'and', operands: [this, make(...args)] })
    }
  }
  for (const [name, [operator, operandOf]] of Object.entries(changes))
    commands[name] = (...args) => commandOf({ kind: 'change', operator, operand: operandOf(...args) })
  for (const name of unsupported)
    commands[name] = () => {
      throw new DrawbridgeError('UNICLOUD_NOT_SUPPORTED', { what: `db.command.${name}` })
    }
  // Each name of the type is a row of one of the tables.
  return commands as Command
}

function commandOf(expression: Expression): Command {
  const made = Object.create(chain) as Command
  expressions.set(made, expression)
  return made
}

/** `f([a, b])` and `f(a, b)` mean the same. */
function listOf(values: readonly unknown[]): readonly unknown[] {
  const [first] = values
  return values.length === 1 && Array.isArray(first) ? (first as readonly unknown[]) : values
}

function pushed(...values: unknown[]): unknown {
  const modifiers = modifiersOf(values)
  if (modifiers === undefined) return { $each: listOf(values) }
  const { each, position, sort, slice } = modifiers
  return { $each: each, $position: position, $sort: sort, $slice: slice }
}

function added(...values: unknown[]): unknown {
  const each = modifiersOf(values)?.['each'] ?? modifiersOf(values, '$each')?.['$each']
  return { $each: each ?? values.slice(0, 1) }
}

/** `{each: […], …}`, the one argument that is no value of its own. */
function modifiersOf(values: readonly unknown[], name = 'each'): Readonly<Record<string, unknown>> | undefined {
  const [first] = values
  if (values.length !== 1 || typeof first !== 'object' || first === null || !Object.hasOwn(first, name))
    return undefined
  const modifiers = first as Readonly<Record<string, unknown>>
  return Array.isArray(modifiers[name]) ? modifiers : undefined
}
