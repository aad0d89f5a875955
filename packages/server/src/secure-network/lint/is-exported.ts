import { full } from 'acorn-walk'
import type { AnyNode, Node, Program } from 'acorn'

/** Whether a function, the last of these nodes, is exported where it is written, wrapped or not. */
export function isExported(ancestors: readonly Node[]): boolean {
  for (const node of ancestors.slice(0, -1).toReversed()) {
    if (/Function/.test(node.type)) return false
    if (node.type.startsWith('Export') || isExporting(node as AnyNode)) return true
  }
  return false
}

/** The names of what is written in one place and exported in another: `exports.main = main`, `export { main }`. */
export function namesExported(program: Program): readonly string[] {
  const names: string[] = []
  const take = (node: Node): void => {
    const value = node as AnyNode
    if (value.type === 'Identifier') names.push(value.name)
    if (value.type === 'ObjectExpression')
      for (const property of value.properties) if (property.type === 'Property') take(property.value)
  }
  full(program, (node) => {
    const found = node
    if (found.type === 'AssignmentExpression' && isExporting(found)) take(found.right)
    if (found.type === 'ExportDefaultDeclaration') take(found.declaration)
    if (found.type === 'ExportNamedDeclaration' && !found.source) for (const { local } of found.specifiers) take(local)
  })
  return names
}

/** `exports.… =`, `module.exports =`, `module.exports.… =`. */
function isExporting(node: AnyNode): boolean {
  return node.type === 'AssignmentExpression' && /^(exports|module\.exports)\b/.test(pathOf(node.left))
}

function pathOf(node: Node): string {
  const part = node as AnyNode
  if (part.type === 'Identifier') return part.name
  if (part.type !== 'MemberExpression') return ''
  return `${pathOf(part.object)}.${part.property.type === 'Identifier' && !part.computed ? part.property.name : '[]'}`
}
