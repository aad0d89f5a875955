import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { setTimeout as waitFor } from 'node:timers/promises'
import { watchTree } from './watch-tree.ts'

describe('watching a project’s functions', () => {
  let folder = ''
  let changes = 0
  let watcher: { readonly close: () => void }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'drawbridge-watch-'))
    mkdirSync(join(folder, 'hello', 'node_modules', 'big'), { recursive: true })
    writeFileSync(join(folder, 'hello', 'index.js'), '1')
    changes = 0
    watcher = watchTree(folder, () => (changes += 1))
  })
  afterEach(() => {
    watcher.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Does it, and waits until it was noticed. */
  async function noticed(change: () => void): Promise<void> {
    await quiet()
    const before = changes
    change()
    for (let tries = 0; changes === before; tries += 1) {
      assert.ok(tries < 1000, 'nobody noticed')
      await waitFor(10)
    }
  }

  /** Until what was done before has been told. */
  async function quiet(): Promise<void> {
    for (let before = -1; before !== changes;) {
      before = changes
      await waitFor(40)
    }
  }

  it('notices a file that is written, replaced and removed', async () => {
    const file = join(folder, 'hello', 'index.js')
    await noticed(() => writeFileSync(file, '2'))
    writeFileSync(join(folder, 'beside'), '3')
    await noticed(() => renameSync(join(folder, 'beside'), file))
    await noticed(() => rmSync(file))
  })

  it('notices what happens in a folder that was made later, and made anew', async () => {
    const made = join(folder, 'fresh', 'inner')
    for (let round = 0; round < 2; round += 1) {
      await noticed(() => mkdirSync(made, { recursive: true }))
      await noticed(() => writeFileSync(join(made, 'index.js'), '1'))
      await noticed(() => rmSync(join(folder, 'fresh'), { recursive: true }))
    }
  })

  it('does not look into node_modules, and at nothing once it is closed', async () => {
    await quiet()
    const before = changes
    writeFileSync(join(folder, 'hello', 'node_modules', 'big', 'index.js'), '1')
    mkdirSync(join(folder, 'hello', 'node_modules', 'more'))
    await quiet()
    assert.equal(changes, before)
    watcher.close()
    writeFileSync(join(folder, 'hello', 'index.js'), '3')
    await quiet()
    assert.equal(changes, before)
  })
})
