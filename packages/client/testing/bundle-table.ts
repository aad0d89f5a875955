import { join } from 'node:path'
import type { BundleOptions } from './bundle.ts'

/** One file that is built, and what lies beside it. */
export interface BundleRow extends BundleOptions {
  /** Below dist. */
  readonly file: string
  readonly extras: Readonly<Record<string, string>>
}

const entry = (name: string): string => join(import.meta.dirname, '../src/entries', name)

/** All that are built. */
export const bundleTable: readonly BundleRow[] = [
  {
    // Where the mini program IDE looks, told by `miniprogram` of package.json.
    file: 'miniprogram/index.js',
    entry: entry('miniprogram.ts'),
    format: 'cjs',
    edition: 2017,
    extras: { 'package.json': '{ "type": "commonjs" }\n' },
  },
  {
    file: 'browser/index.js',
    entry: entry('browser.ts'),
    format: 'es',
    edition: 2020,
    extras: {},
  },
]
