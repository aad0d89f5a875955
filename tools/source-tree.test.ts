import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readSourceTree } from './source-tree.ts'

test('a tree on disk holds the texts that people wrote, and nothing that machines made', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'source-tree-'))
  t.after(() => {
    rmSync(root, { recursive: true })
  })
  for (const folder of ['src', '.ci', 'node_modules/x', 'src/dist', '.git'])
    mkdirSync(join(root, folder), { recursive: true })
  const written = ['src/b.ts', 'src/a.ts', '.ci/run', 'LICENSE']
  const made = ['node_modules/x/index.ts', 'src/dist/a.js', '.git/HEAD', 'x.tsbuildinfo', 'npm.log']
  for (const path of [...written, ...made]) writeFileSync(join(root, path), 'text')
  writeFileSync(join(root, 'picture.png'), 'a\0b')

  const tree = readSourceTree(root)

  assert.deepEqual([...tree.files.keys()].sort(), written.sort())
  assert.equal(tree.files.get('src/a.ts'), 'text')
})
