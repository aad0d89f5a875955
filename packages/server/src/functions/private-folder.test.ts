import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makePrivateFolder } from './private-folder.ts'

test('a private folder is nobody else’s, and those of servers that were killed are removed', (t) => {
  const own = makePrivateFolder(false)
  const ended = spawnSync(process.execPath, ['-e', '']).pid
  const left = own.replace(`-${process.pid}-`, `-${ended}-`)
  assert.notEqual(left, own)
  mkdirSync(left)
  writeFileSync(join(left, 'index.js'), '')
  const next = makePrivateFolder(true)
  t.after(() => {
    for (const folder of [own, next]) rmSync(folder, { recursive: true })
  })
  assert.equal(statSync(own).mode & 0o777, 0o700)
  assert.equal(statSync(next).mode & 0o777, 0o711)
  assert.ok(!existsSync(left))
})
