/** What a call is for. In a USN1 header: `f:name`, `o:object/method`, `h:METHOD /path`. */
export type Target =
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'object'; readonly name: string; readonly method: string }
  | { readonly kind: 'route'; readonly method: string; readonly path: string }

/** Reads a target; undefined for what is none. Whether there is such a function is another question. */
export function readTarget(text: string): Target | undefined {
  const [, letter = '', rest = ''] = /^([fo]|h):([^]+)$/.exec(text) ?? []
  return readers[letter]?.(rest)
}

/** A target as it travels and as people read it. */
export function targetText(target: Target): string {
  if (target.kind === 'function') return `f:${target.name}`
  if (target.kind === 'object') return `o:${target.name}/${target.method}`
  return `h:${target.method} ${target.path}`
}

const readers: Readonly<Record<string, (rest: string) => Target | undefined>> = Object.assign(
  Object.create(null) as Record<string, (rest: string) => Target | undefined>,
  {
    f: (name: string): Target | undefined => (name.includes('/') ? undefined : { kind: 'function', name }),
    o(rest: string): Target | undefined {
      const [, name, method] = /^([^/]+)\/([^]+)$/.exec(rest) ?? []
      return name === undefined || method === undefined ? undefined : { kind: 'object', name, method }
    },
    h(rest: string): Target | undefined {
      const [, method, path] = /^([A-Z]+) (\/[^]*)$/.exec(rest) ?? []
      return method === undefined || path === undefined ? undefined : { kind: 'route', method, path }
    },
  },
)
