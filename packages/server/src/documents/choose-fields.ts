import type { Json, JsonObject } from '@drawbridge/runtime'
import type { FieldChoice } from './check-query.ts'
import type { Document } from './document-store.ts'
import { isFields, isList } from './value-kind.ts'

/** Names that are chosen, each with what is chosen inside; an empty tree: all of it. */
type Tree = ReadonlyMap<string, Tree>

/** Makes of a document the part that a query asks for. In a list the choice is made for each object. */
export function chooseFields({ kind, paths, withId }: FieldChoice): (document: Document) => Document {
  const tree = treeOf(paths)
  return (document) => {
    const { _id, ...fields } = document
    const chosen = kind === 'only' ? only(fields, tree) : kind === 'without' ? without(fields, tree) : fields
    // Without its _id it is no whole document; its reader asked for that.
    return (withId ? { _id, ...chosen } : chosen) as Document
  }
}

function treeOf(paths: readonly (readonly string[])[]): Tree {
  const names = new Set(paths.flatMap(([name]) => name ?? []))
  return new Map(
    [...names].map((name) => {
      const rests = paths.filter(([first]) => first === name).map(([, ...rest]) => rest)
      return [name, rests.some((rest) => rest.length === 0) ? new Map() : treeOf(rests)]
    }),
  )
}

function only(fields: JsonObject, tree: Tree): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]): [string, Json][] => {
      const inner = tree.get(name)
      if (inner === undefined) return []
      const part = inner.size === 0 ? value : onlyInside(value, inner)
      return part === undefined ? [] : [[name, part]]
    }),
  )
}

function onlyInside(value: Json, tree: Tree): Json | undefined {
  if (isList(value)) return value.flatMap((element) => onlyInside(element, tree) ?? [])
  return isFields(value) ? only(value, tree) : undefined
}

function without(fields: JsonObject, tree: Tree): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]): [string, Json][] => {
      const inner = tree.get(name)
      if (inner === undefined) return [[name, value]]
      return inner.size === 0 ? [] : [[name, withoutInside(value, inner)]]
    }),
  )
}

function withoutInside(value: Json, tree: Tree): Json {
  if (isList(value)) return value.map((element) => withoutInside(element, tree))
  return isFields(value) ? without(value, tree) : value
}
