/** A bare specifier in its parts: `@a/b/c/d.js` is the package `@a/b` and the path `c/d.js`. Undefined for paths and URLs. */
export function bareName(specifier: string): { readonly name: string; readonly path: string } | undefined {
  if (specifier === '' || /^(\.|\/|#|[a-z]+:)/.test(specifier)) return undefined
  const parts = specifier.split('/')
  const name = parts.splice(0, specifier.startsWith('@') ? 2 : 1).join('/')
  return { name, path: parts.join('/') }
}
