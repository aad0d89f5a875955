/** Where a file's content is: a space, and the name that the server gave the file there. */
export interface FileKey {
  readonly spaceId: string
  /** Made by the server (`newFileId`): nothing that an outsider wrote ever becomes part of a path or an object's key. */
  readonly id: string
}

const ID_BYTES = 16
const ID = /^[0-9a-f]{32}$/

/** A name that nobody can guess: 128 random bits in lower-case hex, so that it is one name on every file system. */
export function newFileId(random: (length: number) => Uint8Array): string {
  return Buffer.from(random(ID_BYTES)).toString('hex')
}

/** Whether a text has the form of a file's id. */
export function isFileId(text: string): boolean {
  return ID.test(text)
}
