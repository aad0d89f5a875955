import { hash } from 'node:crypto'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { FileKey } from './file-key.ts'
import { isFileId } from './file-key.ts'
import type { FileStore } from './file-store.ts'
import { absent, askDisk } from './ask-disk.ts'
import { removeOldFiles } from './remove-old-files.ts'
import { writeWholeFile } from './write-whole-file.ts'

/** No space's folder begins with a dot. */
const INCOMING = '.incoming'
const PLAIN_SPACE = /^[a-z0-9][a-z0-9_-]{0,63}$/

/**
 * Contents as files below `folder` (0700; files 0600): `<space>/<two digits of the id>/<id>`. Written elsewhere on the
 * same disk, flushed, then moved to their place, so that a name always stands for a whole content.
 * @param partMaxAgeMs how long a content may be half written before `clean` takes it for left behind.
 */
export function createLocalFileStore({
  folder,
  now,
  partMaxAgeMs,
}: {
  readonly folder: string
  /** ms since epoch. */
  readonly now: () => number
  readonly partMaxAgeMs: number
}): FileStore {
  const pathOf = ({ spaceId, id }: FileKey): string => {
    if (!isFileId(id)) throw new DrawbridgeError('FILE_NOT_FOUND')
    return join(folder, spaceFolder(spaceId), id.slice(0, 2), id)
  }

  return {
    async put(key, content, limits) {
      const path = pathOf(key)
      return askDisk(async () => {
        const part = join(folder, INCOMING, key.id)
        const sizeBytes = await writeWholeFile(part, content, limits)
        await mkdir(dirname(path), { recursive: true, mode: 0o700 })
        await rename(part, path)
        await syncFolder(dirname(path))
        return { sizeBytes }
      })
    },

    async stat(key) {
      const facts = await askDisk(() => stat(pathOf(key)).catch(absent))
      return facts && { sizeBytes: facts.size }
    },

    async read(key, range) {
      const handle = await askDisk(() => open(pathOf(key), 'r').catch(absent))
      if (!handle) throw new DrawbridgeError('FILE_NOT_FOUND')
      return handle.createReadStream(range && { start: range.first, end: range.last })
    },

    async remove(key) {
      await askDisk(() => rm(pathOf(key), { force: true }))
    },

    async readUrl() {
      return undefined
    },

    async clean() {
      await askDisk(() => removeOldFiles(join(folder, INCOMING), now() - partMaxAgeMs))
    },

    async close() {},
  }
}

/** A space's id names its folder when it is a plain name in lower case; else its hash does. */
function spaceFolder(spaceId: string): string {
  return PLAIN_SPACE.test(spaceId) ? spaceId : `space.${hash('sha256', spaceId).slice(0, 40)}`
}

/** Waits until the folder's list of names is on the disk. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
