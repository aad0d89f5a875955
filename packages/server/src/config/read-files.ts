import { join, resolve } from 'node:path'
import { defaultFileSettings } from '../files/file-settings.ts'
import type { FilesConfig } from '../files/files-config.ts'
import type { S3Config } from '../files/s3-config.ts'
import type { FileSettingsInFile, FilesInFile } from './files-schema.ts'
import type { Report } from './mistake.ts'
import type { Place } from './place.ts'
import { at } from './place.ts'
import type { SecretSources } from './resolve-secret.ts'
import { resolveSecret } from './resolve-secret.ts'

const REGION = 'us-east-1'

/** What files are read with. */
interface FilesSources {
  readonly dataDir: string
  readonly secrets: SecretSources
  readonly report: Report
}

/** Cloud storage: the section `files`, at `place`, and what the spaces say that differs. */
export function readFiles(
  { folder, publicUrl, s3: bucket, ...defaults }: FilesInFile,
  spaces: readonly { readonly spaceId: string; readonly files?: FileSettingsInFile }[],
  place: Place,
  { dataDir, secrets, report }: FilesSources,
): FilesConfig {
  const s3 = bucket && readBucket(bucket, at(place, 's3'), secrets, report)
  return {
    folder: folder === undefined ? join(dataDir, 'files') : resolve(secrets.folder, folder),
    ...(publicUrl !== undefined && { publicUrl }),
    ...(s3 && { s3 }),
    defaults: { ...defaultFileSettings, ...defaults },
    spaces: new Map(spaces.flatMap(({ spaceId, files }) => (files ? [[spaceId, files]] : []))),
  }
}

function readBucket(
  { secretAccessKey, region = REGION, prefix = '', ...rest }: NonNullable<FilesInFile['s3']>,
  place: Place,
  secrets: SecretSources,
  report: Report,
): S3Config | undefined {
  const secret = resolveSecret(secretAccessKey, at(place, 'secretAccessKey'), secrets, report)
  return secret === undefined ? undefined : { ...rest, region, prefix, secret }
}
