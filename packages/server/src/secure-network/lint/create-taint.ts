import { ancestor } from 'acorn-walk'
import type { AnyNode, CallExpression, Function as FunctionNode, Identifier, Node, Pattern, Program } from 'acorn'
import { isExported, namesExported } from './is-exported.ts'
import { keyWritten, nameCalled } from './key-written.ts'
import { namesIn } from './names-in.ts'

/** What of a source's values a caller chooses. Nodes come with their ancestors, outermost first. */
export interface Taint {
  /** Whether the value comes from what a caller sends. */
  isTainted(node: Node, ancestors: readonly Node[]): boolean
  /** The one value that a name is given, where it has just one. */
  writtenOnce(name: string, ancestors: readonly Node[]): Node | undefined
}

interface Variable {
  isTainted: boolean
  readonly given: { readonly target: Pattern; readonly value: Node; readonly ancestors: readonly Node[] }[]
}

interface Called {
  readonly call: CallExpression
  readonly ancestors: readonly Node[]
}

/** What an object's methods read the caller's parameters with. */
const READERS: ReadonlySet<string> = new Set(['getParams', 'getHttpInfo', 'getMethodName'])
/** What gives back what it is given. */
const PASSING: ReadonlySet<string> = new Set(['String', 'decodeURIComponent', 'parse', 'assign'])

/**
 * Follows what callers send through a source's variables and its own functions: where it is an entry, the parameters of
 * all that it exports. A look-up in a table (`names[event.kind]`) ends the trail: the source has chosen what stands there.
 */
export function createTaint(program: Program, { isEntry }: { readonly isEntry: boolean }): Taint {
  // Names belong to functions, or to the program; blocks are not told apart.
  const scopes = new Map<Node, Map<string, Variable>>([[program, new Map()]])
  const functions = new Map<string, FunctionNode>()
  const calls: Called[] = []
  const assigned: (() => void)[] = []

  const find = (name: string, ancestors: readonly Node[]): Variable | undefined =>
    ancestors.toReversed().flatMap((node) => scopes.get(node)?.get(name) ?? [])[0]

  const declare = (name: string, ancestors: readonly Node[]): Variable => {
    const scope = ancestors.toReversed().flatMap((node) => scopes.get(node) ?? [])[0]
    const variable = scope?.get(name) ?? { isTainted: false, given: [] }
    scope?.set(name, variable)
    return variable
  }

  ancestor(program, {
    Function(node, _state, ancestors) {
      scopes.set(node, new Map())
      const isSource = isEntry && isExported(ancestors)
      for (const name of node.params.flatMap(namesIn)) declare(name, ancestors).isTainted = isSource
      const name = node.id?.name ?? nameGivenBy(ancestors.at(-2))
      if (name !== undefined) functions.set(name, node)
    },
  })
  const give = (target: Pattern, value: Node, within: readonly Node[], isNew: boolean): void => {
    const ancestors = [...within]
    for (const name of namesIn(target)) {
      if (isNew) declare(name, ancestors)
      // A value may be given above the place where its name is declared.
      assigned.push(() => void find(name, ancestors)?.given.push({ target, value, ancestors }))
    }
  }
  ancestor(program, {
    VariableDeclarator({ id, init }, _state, ancestors) {
      if (init) give(id, init, ancestors, true)
      else for (const name of namesIn(id)) declare(name, ancestors)
    },
    ForOfStatement({ left, right }, _state, ancestors) {
      if (left.type !== 'VariableDeclaration') give(left, right, ancestors, false)
      else for (const { id } of left.declarations) give(id, right, ancestors, true)
    },
    AssignmentExpression({ left, right }, _state, ancestors) {
      // `options.name = …` gives to the options.
      const isName =
        left.type === 'MemberExpression' &&
        left.object.type === 'Identifier' &&
        keyWritten(left.property, left.computed) === 'name'
      give(isName ? (left.object as Identifier) : left, right, ancestors, false)
    },
    CallExpression(call, _state, ancestors) {
      calls.push({ call, ancestors: [...ancestors] })
    },
  })
  for (const note of assigned) note()
  const parameters = (node: FunctionNode, index?: number): readonly (Variable | undefined)[] =>
    node.params
      .filter((_, at) => index === undefined || at === index)
      .flatMap(namesIn)
      .map((name) => scopes.get(node)?.get(name))
  if (isEntry)
    for (const name of namesExported(program)) {
      const exported = functions.get(name)
      if (exported) for (const variable of parameters(exported)) if (variable) variable.isTainted = true
    }

  const isTainted = (node: Node, ancestors: readonly Node[]): boolean =>
    // Nodes that acorn makes are of the types that it names.
    sourcesOf(node as AnyNode).some((source) =>
      source === 'caller'
        ? true
        : source.type === 'Identifier'
          ? (find((source as AnyNode & { name: string }).name, ancestors)?.isTainted ?? false)
          : isTainted(source, ancestors),
    )

  spread(
    [...scopes.values()].flatMap((names) => [...names.values()]),
    calls,
    {
      isTainted,
      parametersAt: ({ callee }, index) => {
        const called = callee.type === 'Identifier' ? functions.get(callee.name) : undefined
        return called ? parameters(called, index).filter((variable) => variable !== undefined) : []
      },
    },
  )
  return {
    isTainted,
    writtenOnce(name, ancestors) {
      const [only, ...others] = find(name, ancestors)?.given ?? []
      return only?.target.type === 'Identifier' && others.length === 0 ? only.value : undefined
    },
  }
}

/** Until nothing more is found: from values to variables, from arguments to parameters. */
function spread(
  variables: readonly Variable[],
  calls: readonly Called[],
  {
    isTainted,
    parametersAt,
  }: Pick<Taint, 'isTainted'> & { parametersAt(call: CallExpression, index: number): readonly Variable[] },
): void {
  const open = (): readonly Variable[] => [
    ...variables.filter(({ given }) => given.some(({ value, ancestors }) => isTainted(value, ancestors))),
    ...calls.flatMap(({ call, ancestors }) =>
      call.arguments.flatMap((given, index) => (isTainted(given, ancestors) ? parametersAt(call, index) : [])),
    ),
  ]
  for (;;) {
    const fresh = open().filter((variable) => !variable.isTainted)
    if (fresh.length === 0) return
    for (const variable of fresh) variable.isTainted = true
  }
}

/** From which parts an expression's value comes; a name stands for its variable. */
function sourcesOf(node: AnyNode): readonly (Node | 'caller')[] {
  const there = (...parts: readonly (Node | null | undefined)[]): readonly Node[] => parts.filter((part) => !!part)
  switch (node.type) {
    case 'MemberExpression':
      return [node.object]
    case 'CallExpression':
      return sourcesOfCall(node)
    case 'TemplateLiteral':
      return node.expressions
    case 'BinaryExpression':
      return node.operator === '+' ? [node.left, node.right] : []
    case 'LogicalExpression':
      return [node.left, node.right]
    case 'ConditionalExpression':
      return [node.consequent, node.alternate]
    case 'AssignmentExpression':
      return [node.right]
    case 'AwaitExpression':
    case 'SpreadElement':
      return [node.argument]
    case 'ChainExpression':
    case 'ParenthesizedExpression':
      return [node.expression]
    case 'ArrayExpression':
      return there(...node.elements)
    case 'ObjectExpression':
      return node.properties.map((each) => (each.type === 'SpreadElement' ? each.argument : each.value))
    case 'Identifier':
      return [node]
    default:
      return []
  }
}

function sourcesOfCall({ callee, arguments: given }: CallExpression): readonly (Node | 'caller')[] {
  const name = nameCalled(callee) ?? ''
  if (READERS.has(name)) return ['caller']
  const own = callee.type === 'MemberExpression' ? [callee.object] : []
  return PASSING.has(name) ? [...own, ...given] : own
}

/** `const name = function …`: what the function is called by. */
function nameGivenBy(parent: Node | undefined): string | undefined {
  const declarator = parent as AnyNode | undefined
  return declarator?.type === 'VariableDeclarator' && declarator.id.type === 'Identifier'
    ? declarator.id.name
    : undefined
}
