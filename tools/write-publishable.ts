import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { publishableManifest } from './publishable-manifest.ts'
import type { Manifest } from './publishable-manifest.ts'

// Lays every package, built, into dist/<name>, from where `npm publish` and `npm pack` take it.
const root = join(import.meta.dirname, '..')

for (const name of readdirSync(join(root, 'packages'))) {
  const from = join(root, 'packages', name)
  const to = join(root, 'dist', name)
  const manifest = publishableManifest(JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as Manifest)
  rmSync(to, { recursive: true, force: true })
  mkdirSync(to, { recursive: true })
  for (const part of ['dist', 'bin', 'data', 'README.md'])
    if (existsSync(join(from, part))) cpSync(join(from, part), join(to, part), { recursive: true })
  for (const part of ['LICENSE', 'NOTICE']) cpSync(join(root, part), join(to, part))
  for (const note of ['.tsbuildinfo', '.tsbuildinfo-pure']) rmSync(join(to, 'dist', note), { force: true })
  writeFileSync(join(to, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  console.log(`laid dist/${name}`)
}
