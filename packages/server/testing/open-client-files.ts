import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { defaultFileSettings } from '../src/files/file-settings.ts'
import type { FileSettings } from '../src/files/file-settings.ts'
import { openFiles } from '../src/files/open-files.ts'
import type { OpenFilesDeps, OpenedFiles } from '../src/files/open-files.ts'
import { readOrigin } from '../src/files/public-origin.ts'
import type { Space } from '../src/spaces/space.ts'

/** What a test says of its server's cloud storage. */
export type ClientFilesOptions = Partial<FileSettings> & { readonly publicUrl?: string }

/** Cloud storage on a local disk, below `folder`. */
export function openClientFiles(
  { publicUrl, ...settings }: ClientFilesOptions,
  {
    folder,
    spaces,
    reached,
    ...clock
  }: {
    readonly folder: string
    readonly spaces: readonly Space[]
    /** The server's endpoint, once it listens. */
    readonly reached: () => string
  } & Pick<OpenFilesDeps, 'now' | 'sleep'>,
): Promise<OpenedFiles> {
  return openFiles({
    config: {
      folder: join(folder, 'files'),
      ...(publicUrl !== undefined && { publicUrl }),
      defaults: { ...defaultFileSettings, ...settings },
      spaces: new Map(),
    },
    sqlitePath: join(folder, 'drawbridge.db'),
    signingKey: randomBytes(32),
    contentSecret: randomBytes(32),
    findSpace: (spaceId) => spaces.find((space) => space.spaceId === spaceId),
    ownOrigin: () => readOrigin(reached()),
    random: randomBytes,
    ...clock,
  })
}
