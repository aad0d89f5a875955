import type { Node } from 'acorn'

/** The name that an identifier bears, or the text of a literal; undefined for anything else. */
export function nameOf(node: Node): string | undefined {
  if ('name' in node && typeof node.name === 'string') return node.name
  return 'value' in node && typeof node.value === 'string' ? node.value : undefined
}
