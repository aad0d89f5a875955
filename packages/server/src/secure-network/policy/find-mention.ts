import type { Node } from 'acorn'

/**
 * The first place in a program's code where a name stands, as a name or as a text; comments do not count. `followed`:
 * nor does `export {name} from '…'`.
 */
export function findMention(root: Node, name: string, followed: 'followed' | 'all' = 'all'): Node | undefined {
  let first: Node | undefined
  const look = (value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) look(each)
    else if (isNode(value)) {
      if (followed === 'followed' && isHanding(value, name)) return
      if (isNamed(value, name) && (!first || value.start < first.start)) first = value
      for (const part of Object.values(value)) look(part)
    }
  }
  look(root)
  return first
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}

function isNamed(node: Node, name: string): boolean {
  if ('name' in node && node.name === name) return true
  if (!('value' in node)) return false
  const { value } = node
  // A piece of a template: exports[`name`].
  return typeof value === 'object' && value !== null && 'cooked' in value ? value.cooked === name : value === name
}

/** `export {name} from '…'`, as one of its names. */
function isHanding(node: Node, name: string): boolean {
  if (node.type !== 'ExportSpecifier' || !('local' in node) || !('exported' in node)) return false
  const { local, exported } = node
  if (!isNode(local) || !isNode(exported)) return false
  return local.start === exported.start && isNamed(local, name)
}
