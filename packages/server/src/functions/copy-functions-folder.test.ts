import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { copyFunctionsFolder } from './copy-functions-folder.ts'
import type { FolderCopy } from './copy-functions-folder.ts'
import type { FolderMistake } from './folder-mistake.ts'
import { makeProject, writeFiles } from './host-fixture.ts'

async function copy(t: TestContext, from: string): Promise<FolderCopy & { to: string; mistakes: FolderMistake[] }> {
  const home = mkdtempSync(join(tmpdir(), 'drawbridge-copy-'))
  t.after(() => rmSync(home, { recursive: true, force: true }))
  const to = join(home, 'cloudfunctions')
  const mistakes: FolderMistake[] = []
  const copied = await copyFunctionsFolder({
    from: realpathSync(from),
    to,
    report: (mistake) => void mistakes.push(mistake),
  })
  return { ...copied, to, mistakes }
}

test('a copy has the files, and links to installed packages', async (t) => {
  const folder = makeProject(t, { 'a/index.js': '1', 'a/node_modules/dep/index.js': '2', '.git/config': '3' })
  writeFiles(dirname(dirname(folder)), { 'node_modules/outer/index.js': '4' })
  const { to, nodeModules, mistakes } = await copy(t, folder)
  assert.equal(readFileSync(join(to, 'a/index.js'), 'utf8'), '1')
  assert.equal(realpathSync(join(to, 'a/node_modules')), realpathSync(join(folder, 'a/node_modules')))
  assert.equal(readFileSync(join(to, '../node_modules/outer/index.js'), 'utf8'), '4')
  assert.equal(nodeModules.length, 2)
  assert.ok(!existsSync(join(to, '.git')))
  assert.equal(statSync(to).mode & 0o777, 0o700)
  assert.deepEqual(mistakes, [])
})

test('a copy follows links inside the folder, leaves out those that lead out of it, and goes round no circle', async (t) => {
  const folder = makeProject(t, { 'common/words/index.js': '1' })
  mkdirSync(join(folder, 'a'))
  writeFiles(dirname(folder), { 'secret.json': '{}' })
  symlinkSync('../common/words', join(folder, 'a', 'words'))
  symlinkSync('../../secret.json', join(folder, 'a', 'secret.json'))
  symlinkSync('/etc', join(folder, 'a', 'etc'))
  symlinkSync('..', join(folder, 'a', 'up'))
  symlinkSync('../a', join(folder, 'a', 'self'))
  symlinkSync('nowhere', join(folder, 'a', 'nowhere'))
  const { to, mistakes } = await copy(t, folder)
  assert.equal(readFileSync(join(to, 'a/words/index.js'), 'utf8'), '1')
  for (const name of ['secret.json', 'etc', 'up', 'self', 'nowhere']) assert.ok(!existsSync(join(to, 'a', name)), name)
  assert.deepEqual(
    mistakes.map(({ name, file }) => [name, file.slice(folder.length)]),
    [
      ['a', '/a/etc'],
      ['a', '/a/nowhere'],
      ['a', '/a/secret.json'],
      ['a', '/a/up'],
    ],
  )
})

test('a link to installed packages may not lead out of the project', async (t) => {
  const folder = makeProject(t, { 'a/index.js': '' })
  writeFiles(dirname(dirname(folder)), { 'elsewhere/dep/index.js': '' })
  symlinkSync(join(dirname(dirname(folder)), 'elsewhere'), join(folder, 'a', 'node_modules'))
  const { to, nodeModules, mistakes } = await copy(t, folder)
  assert.deepEqual(nodeModules, [])
  assert.ok(!existsSync(join(to, 'a/node_modules')))
  assert.equal(mistakes.length, 1)
})
