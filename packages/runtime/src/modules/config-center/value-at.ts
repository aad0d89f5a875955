/** What stands at a path, `a.b[0]["c"]`, among own members only; the fallback where nothing does. */
export function valueAt(root: unknown, path: string, fallback?: unknown): unknown {
  let value = root
  for (const name of path.match(/[^.[\]"']+/g) ?? []) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return fallback
    value = (value as Readonly<Record<string, unknown>>)[name]
  }
  return value === undefined ? fallback : value
}
