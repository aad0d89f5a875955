import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { createWorkerFolders } from './worker-folders.ts'

test('each worker gets a folder of its own, with a code cache that no other reads', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'drawbridge-folders-'))
  t.after(() => rmSync(root, { recursive: true, force: true }))
  const cache = join(root, 'cache')
  mkdirSync(cache)
  writeFileSync(join(cache, 'compiled'), 'good')
  const folders = createWorkerFolders(root)
  const first = folders.take()
  assert.equal(first.codeCache, undefined)
  folders.bring(cache)
  let second = folders.take()
  // Copies are made ahead, in the background.
  for (; second.codeCache === undefined; second = folders.take()) await wait(5)
  writeFileSync(join(second.codeCache, 'compiled'), 'evil')
  let third = folders.take()
  for (; third.codeCache === undefined; third = folders.take()) await wait(5)
  assert.notEqual(third.path, second.path)
  assert.equal(readFileSync(join(third.codeCache, 'compiled'), 'utf8'), 'good')
  await folders.remove(second)
  assert.ok(!existsSync(second.path))
})
