import { watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { CommandContext } from '../command.ts'
import { settled } from './settled.ts'

/** Runs `reload` after each change of one of the files, which may be written later than now. */
export function watchConfig(
  context: CommandContext,
  files: readonly string[],
  reload: () => Promise<void>,
): { readonly close: () => Promise<void> } {
  const { onChange, close } = settled(context, reload)
  const watchers = watchFolders(files, onChange)
  return {
    async close() {
      for (const watcher of watchers) watcher.close()
      await close()
    },
  }
}

/** Folders rather than files: an editor that replaces a file leaves a watcher of the old one behind. */
function watchFolders(files: readonly string[], onChange: () => void): readonly FSWatcher[] {
  const folders = new Map<string, Set<string>>()
  for (const file of files) {
    const names = folders.get(dirname(file)) ?? new Set()
    folders.set(dirname(file), names.add(basename(file)))
  }
  return [...folders].map(([folder, names]) =>
    watch(folder, (_, name) => {
      if (name === null || names.has(name)) onChange()
    }),
  )
}
