import { readdirSync, watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'
import { join } from 'node:path'

/** Where packages and tools keep what nobody edits, and so much of it that watching would take long. */
const NOT_WATCHED = /^(node_modules|\..*)$/

/**
 * Watches a folder and all below it but `node_modules` and what begins with a dot; `onChange` after each change, often
 * several times for one. One watcher a folder: recursive watching is not native on Linux and looks into every package.
 */
export function watchTree(root: string, onChange: () => void): { readonly close: () => void } {
  const watchers = new Map<string, FSWatcher>()

  function keep(folder: string): void {
    const known = watchers.get(folder)
    if (!known) {
      const watcher = watch(folder, (_, name) => {
        if (name !== null && NOT_WATCHED.test(name)) return
        scan()
        onChange()
      })
      // A folder that is removed; what is in its place is found by the scan.
      watcher.on('error', () => drop(folder))
      watchers.set(folder, watcher)
    }
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory() && !NOT_WATCHED.test(entry.name)) keep(join(folder, entry.name))
  }

  function drop(folder: string): void {
    watchers.get(folder)?.close()
    watchers.delete(folder)
  }

  function scan(): void {
    for (const folder of [...watchers.keys()]) if (!isThere(folder)) drop(folder)
    try {
      keep(root)
    } catch {
      // Something went while it was looked at: its own event brings the next scan.
    }
  }

  keep(root)
  return {
    close() {
      for (const folder of [...watchers.keys()]) drop(folder)
    },
  }
}

function isThere(folder: string): boolean {
  try {
    readdirSync(folder)
    return true
  } catch {
    return false
  }
}
