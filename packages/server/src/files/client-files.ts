import { DrawbridgeError } from '@drawbridge/protocol'
import type { FileContentKey, SuiteNumber } from '@drawbridge/protocol'
import type { RateLimiter } from '../callers/rate-limiter.ts'
import type { FileCall } from '../unicloud/file-methods.ts'
import { readCloudPath } from './cloud-path.ts'
import type { Files, OfferWants } from './create-files.ts'
import type { FileRecord } from './file-records.ts'
import { filePathname, readFileUrl } from './file-url.ts'
import { originText } from './public-origin.ts'
import type { PublicOrigin } from './public-origin.ts'
import type { SignedTicket, UploadTicket } from './upload-ticket.ts'

/** Of one call, as uniCloud's own service has it. */
export const FILES_A_CALL_MAX = 50

/** What clients may do with files, whichever client they are: within the space's settings and so often a minute. */
export interface ClientFiles {
  /** Where the client is to reach this server. */
  originOf(call: FileCall): PublicOrigin
  /** Throws `FILE_OPERATION_REFUSED`, `RATE_LIMITED`, and what `Files.offer` throws. */
  offer(call: FileCall, cloudPath: string, wants?: OfferWants): UploadTicket & SignedTicket
  formOf(call: FileCall, ticket: UploadTicket & SignedTicket): UploadPlace
  /** A URL that reads the file for so many seconds, or for as long as the space says; undefined: there is no such file. */
  urlOf(call: FileCall, fileId: string, maxSeconds?: number): Promise<string | undefined>
  /** A URL that reads the file sealed, and with what; plain without a suite. Throws `RATE_LIMITED`, `FILE_NOT_FOUND`. */
  prepareRead(call: FileCall, fileId: string, suite?: SuiteNumber): Promise<PreparedRead>
  /** Throws `FILE_OPERATION_REFUSED`, `REQUEST_INVALID`. */
  removeAll(call: FileCall, fileList: readonly string[]): Promise<RemovedAll>
}

/** What became of all of them. */
export type RemovedAll = { readonly fileList: readonly Removed[] }

/** Where an upload goes, and with which fields. */
export interface UploadPlace {
  readonly url: string
  readonly formData: { readonly policy: string; readonly Signature: string }
  readonly name: 'file'
  /** The file's id when it has come. */
  readonly fileId: string
}

/** Where a file is read; with the key of the answer when it comes sealed. */
export interface PreparedRead {
  readonly url: string
  readonly key?: FileContentKey
}

/** What became of one file, as uniCloud says it; the same for what never was. */
export type Removed = { readonly fileID: string; readonly code: 'SUCCESS' | 'FILE_NOT_FOUND' }

/** What the files of clients are made of. */
export interface ClientFilesDeps {
  readonly files: Files
  /** Counts by space and address. */
  readonly limiterOf: (spaceId: string) => RateLimiter
  /** Where clients reach this server; undefined: where the call came in. */
  readonly publicOrigin?: PublicOrigin
}

/** The files of the spaces for their clients. */
export function createClientFiles({ files, limiterOf, publicOrigin }: ClientFilesDeps): ClientFiles {
  const originOf = ({ origin }: FileCall): PublicOrigin => publicOrigin ?? origin

  const find = async ({ space: { spaceId } }: FileCall, fileId: string): Promise<FileRecord | undefined> => {
    const key = readFileUrl(fileId, spaceId)
    return key && files.find(key)
  }

  return {
    originOf,

    offer({ space: { spaceId }, facts: { clientIp } }, cloudPath, wants) {
      if (!files.settings(spaceId).clientUpload) throw refusedBy('clientUpload')
      limiterOf(spaceId).take(`${spaceId} ${clientIp}`)
      return files.offer(spaceId, cloudPath, wants)
    },

    formOf(call, ticket) {
      const origin = originText(originOf(call))
      return {
        url: `${origin}${basePath(call)}/upload`,
        formData: { policy: ticket.policy, Signature: ticket.signature },
        name: 'file',
        fileId: `${origin}${filePathname(ticket, readCloudPath(ticket.path).name)}`,
      }
    },

    async urlOf(call, fileId, maxSeconds) {
      const file = await find(call, fileId)
      if (!file) return undefined
      const { urlSeconds } = files.settings(call.space.spaceId)
      const seconds = Math.max(1, Math.min(Math.floor(maxSeconds ?? urlSeconds), urlSeconds))
      return files.temporaryUrl(file, originText(originOf(call)), seconds)
    },

    async prepareRead(call, fileId, suite) {
      const { space, facts } = call
      // Not out of the uploads' share: a page shows more pictures than it sends.
      limiterOf(space.spaceId).take(`${space.spaceId} ${facts.clientIp} read`)
      const file = await find(call, fileId)
      if (!file) throw new DrawbridgeError('FILE_NOT_FOUND')
      const origin = originText(originOf(call))
      return suite === undefined
        ? { url: await files.temporaryUrl(file, origin) }
        : files.sealedUrl(file, { origin, suite })
    },

    async removeAll({ space: { spaceId } }, fileList) {
      if (!files.settings(spaceId).clientDelete) throw refusedBy('clientDelete')
      limitCount(fileList)
      return { fileList: await Promise.all(fileList.map((fileID) => removeFile(files, spaceId, fileID))) }
    },
  }
}

/** Removes the file of a fileID; says what became of it. */
export async function removeFile(files: Files, spaceId: string, fileID: string): Promise<Removed> {
  const key = readFileUrl(fileID, spaceId)
  return { fileID, code: key && (await files.remove(key)) ? 'SUCCESS' : 'FILE_NOT_FOUND' }
}

/** Where the files of the call's space are on this server. */
export function basePath({ space: { spaceId } }: FileCall): string {
  return `/files/${encodeURIComponent(spaceId)}`
}

/** Throws `REQUEST_INVALID` for more files than a call may name. */
export function limitCount(list: readonly unknown[]): void {
  if (list.length > FILES_A_CALL_MAX)
    throw new DrawbridgeError('REQUEST_INVALID', { field: 'fileList', limit: FILES_A_CALL_MAX })
}

/** The refusal that a setting of the space decides. */
export function refusedBy(setting: string, reason?: string): DrawbridgeError {
  return new DrawbridgeError('FILE_OPERATION_REFUSED', { setting, ...(reason !== undefined && { reason }) })
}
