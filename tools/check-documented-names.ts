import type { Finding, SourceTree } from './source-tree.ts'

/** Names that users meet: where the code has them, and the pages on which each must stand. */
const rows: readonly {
  readonly what: string
  readonly sources: RegExp
  readonly name: RegExp
  readonly pages: readonly string[]
  /** The part of a page in which it must stand; all of it when left out. */
  readonly within?: RegExp
}[] = [
  {
    what: 'variable',
    sources: /^packages\/server\/src\/config\/read-environment\.ts$/,
    name: /['\s](DRAWBRIDGE_[A-Z_]*[A-Z])\b/g,
    pages: ['docs/guide/configuration.md', 'docs/guide/configuration.zh-CN.md'],
  },
  {
    what: 'metric',
    sources: /^packages\/server\/src\/metrics\//,
    name: /name: '(drawbridge_\w+)'/g,
    pages: ['docs/guide/operations.md', 'docs/guide/operations.zh-CN.md'],
  },
  {
    what: 'table',
    sources: /^packages\/(bridge|server)\/src\//,
    name: /createTable\('(\w+)'\)/g,
    pages: ['docs/storage.md'],
  },
  {
    what: 'path',
    sources: /^packages\/server\/src\/http\/routes\//,
    name: /path: '(\/[^']+)'/g,
    pages: ['docs/reference/http.md'],
  },
  {
    what: 'code',
    sources: /^packages\/protocol\/src\/errors\/secure-network-rows\.ts$/,
    name: /\brow\(\s*(\d+),/g,
    pages: ['docs/guide/secure-network.md', 'docs/guide/secure-network.zh-CN.md'],
    within: /^\| \d{5}\b[^|]*\|/gm,
  },
]

/** What a user can set, call or watch stands in the documents. */
export function checkDocumentedNames(tree: SourceTree): readonly Finding[] {
  return rows.flatMap(({ what, sources, name, pages, within }) =>
    [...tree.files]
      .filter(([path]) => sources.test(path) && !path.endsWith('.test.ts'))
      .flatMap(([, text]) => [...text.matchAll(name)].map(([, found = '']) => found))
      .flatMap((found) =>
        pages
          .filter((page) => !partOf(tree.files.get(page) ?? '', within).includes(found))
          .map((page) => ({ path: page, message: `does not tell of the ${what} ${found}` })),
      ),
  )
}

function partOf(page: string, within: RegExp | undefined): string {
  return within ? (page.match(within) ?? []).join('\n') : page
}
