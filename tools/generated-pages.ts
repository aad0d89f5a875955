import { commandPage } from './command-page.ts'
import { configurationPage } from './configuration-page.ts'
import { errorPage } from './error-page.ts'
import type { SourceTree } from './source-tree.ts'

/** Every page that is made from the code: its path, and how its text comes about. */
export const generatedPages: Readonly<Record<string, (tree: SourceTree) => string>> = {
  'docs/errors.md': () => errorPage('en'),
  'docs/errors.zh-CN.md': () => errorPage('zh'),
  'docs/reference/cli.md': () => commandPage('en'),
  'docs/reference/cli.zh-CN.md': () => commandPage('zh'),
  'docs/reference/configuration.md': ({ files }) =>
    configurationPage(files.get('packages/server/data/drawbridge.config.schema.json') ?? '{}'),
}
