/** A file over its defaults, member by member; lists and single values are replaced whole. */
export function mergeConfig(defaults: unknown, config: unknown): unknown {
  if (!isPlain(defaults) || !isPlain(config)) return config === undefined ? defaults : config
  const names = new Set([...Object.keys(defaults), ...Object.keys(config)])
  // fromEntries defines own members: a key "__proto__" stays a plain key.
  return Object.fromEntries([...names].map((name) => [name, mergeConfig(own(defaults, name), own(config, name))]))
}

function own(value: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
