import type { FileKey } from './file-key.ts'
import { isFileId } from './file-key.ts'

/** A file's place on this server: its `fileID`, less scheme and host. */
export function filePathname({ spaceId, id }: FileKey, name: string): string {
  return `/files/${encodeURIComponent(spaceId)}/${id}/${encodeURIComponent(name)}`
}

/** Where contents are read sealed: the URL says in its query which, and nobody but the server can read that. */
export function sealedPathname(spaceId: string): string {
  return `/files/${encodeURIComponent(spaceId)}/${SEALED_ID}/content`
}

/** Stands in the place of an id, and is none. */
export const SEALED_ID = 'sealed'

const FILE_ID = /^[^?#]*\/files\/([^/?#]{1,200})\/([0-9a-f]{32})\/[^/?#]{1,700}(?:[?#]|$)/

/**
 * Which file of the space a `fileID` names; undefined: none. The host does not matter: a server may have moved since
 * the application wrote the fileID down.
 */
export function readFileUrl(fileId: string, spaceId: string): FileKey | undefined {
  const [, space = '', id = ''] = FILE_ID.exec(fileId) ?? []
  return isFileId(id) && space === encodeURIComponent(spaceId) ? { spaceId, id } : undefined
}
