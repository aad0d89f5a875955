import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bundle } from './bundle.ts'
import { bundleTable } from './bundle-table.ts'

// Lays what is loaded as it is, without a bundler of the app's own, into dist.
const root = join(import.meta.dirname, '..')
for (const { file, extras, ...options } of bundleTable) {
  const code = await bundle(options)
  const path = join(root, 'dist', file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, code)
  for (const [name, text] of Object.entries(extras)) writeFileSync(join(dirname(path), name), text)
  console.log(`dist/${file}: ${code.length} bytes, ${gzipSync(code, { level: 9 }).length} gzipped`)
}
