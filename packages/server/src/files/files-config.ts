import type { FileSettings } from './file-settings.ts'
import type { S3Config } from './s3-config.ts'

/** What the server is told of files. */
export interface FilesConfig {
  /** Contents, or the spool of those that go to a bucket; absolute. */
  readonly folder: string
  /** `https://host[:port]` as clients reach this server; undefined: as their calls come in. */
  readonly publicUrl?: string
  /** Contents go to this bucket; undefined: to the folder. */
  readonly s3?: S3Config
  readonly defaults: FileSettings
  /** By spaceId, what differs. */
  readonly spaces: ReadonlyMap<string, Partial<FileSettings>>
}
