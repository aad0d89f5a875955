import { findNodeAtLocation, parseTree, printParseErrorCode } from 'jsonc-parser'
import type { Node, ParseError } from 'jsonc-parser'
import type { Report } from './mistake.ts'
import type { Place, Position } from './place.ts'
import { placeWithoutText } from './place.ts'

/**
 * Reads JSON as people write it: comments, trailing commas and a byte order mark are tolerated. Every syntax error is
 * reported with line and column; then undefined. A repeated key is reported, the last one counts.
 */
export function openJson(file: string, text: string, report: Report): Place | undefined {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text
  const errors: ParseError[] = []
  const root = parseTree(body, errors, { allowTrailingComma: true, allowEmptyContent: false })
  if (errors.length > 0 || root === undefined) {
    for (const { error, offset } of errors.slice(0, MAX_ERRORS)) {
      const place = { ...placeWithoutText(file), locate: () => positionAt(body, offset) }
      report('JSON_SYNTAX', place, { problem: printParseErrorCode(error) })
    }
    return undefined
  }
  const place: Place = {
    file,
    path: [],
    value: toValue(root),
    locate: (of, path = []) => positionAt(body, offsetOf(root, of, path)),
  }
  reportRepeatedKeys(root, body, place, report)
  return place
}

/** One slip makes the parser stumble on; more than a few of its complaints help nobody. */
const MAX_ERRORS = 5

function toValue(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(toValue)
  if (node.type !== 'object') return node.value as unknown
  // fromEntries defines own members: a key "__proto__" stays a plain key.
  return Object.fromEntries(
    (node.children ?? []).map(({ children: [key, value] = [] }) => [String(key?.value), value && toValue(value)]),
  )
}

function offsetOf(root: Node, of: 'key' | 'value', path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = findLast(root, path.slice(0, length))
    if (!node) continue
    const isExact = length === path.length
    return of === 'key' && isExact && node.parent?.type === 'property' ? node.parent.offset : node.offset
  }
  return root.offset
}

/** findNodeAtLocation finds the first of repeated keys; the value that counts is the last. */
function findLast(root: Node, path: readonly (string | number)[]): Node | undefined {
  let node: Node | undefined = root
  for (const part of path) {
    if (node.type === 'object') {
      node = node.children?.findLast((property) => property.children?.[0]?.value === part)?.children?.[1]
    } else {
      node = findNodeAtLocation(node, [part])
    }
    if (!node) return undefined
  }
  return node
}

function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - lineStart + 1 }
}

function reportRepeatedKeys(
  node: Node,
  text: string,
  place: Place,
  report: Report,
  path: (string | number)[] = [],
): void {
  const seen = new Set<string>()
  for (const [index, child] of (node.children ?? []).entries()) {
    if (node.type === 'array') reportRepeatedKeys(child, text, place, report, [...path, index])
    if (node.type !== 'object') continue
    const [key, value] = child.children ?? []
    const name = String(key?.value)
    const here = [...path, name]
    if (seen.has(name)) {
      report('KEY_REPEATED', { ...place, path: here, locate: () => positionAt(text, child.offset) }, { key: name })
    }
    seen.add(name)
    if (value) reportRepeatedKeys(value, text, place, report, here)
  }
}
