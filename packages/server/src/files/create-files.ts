import type { Readable } from 'node:stream'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { FileContentKey, SuiteNumber } from '@drawbridge/protocol'
import type { ByteRange } from './byte-range.ts'
import { readCloudPath } from './cloud-path.ts'
import { contentDisposition } from './content-disposition.ts'
import { newContentSeal, readSeal } from './content-keys.ts'
import type { Transfer } from './content-keys.ts'
import type { FileKey } from './file-key.ts'
import { newFileId } from './file-key.ts'
import type { FileRecord, FileRecords } from './file-records.ts'
import type { FileSettings } from './file-settings.ts'
import type { TicketSeal } from './create-ticket-seal.ts'
import type { FileSigner } from './file-signer.ts'
import type { FileStore } from './file-store.ts'
import { admitType, fileTypeOf } from './file-type.ts'
import { filePathname, sealedPathname } from './file-url.ts'
import { readTicket, signTicket } from './upload-ticket.ts'
import type { SignedTicket, UploadTicket } from './upload-ticket.ts'

/** How long an upload form is good for: people choose, networks are slow. */
export const TICKET_MS = 10 * 60_000
/** How long an upload may take. */
export const UPLOAD_MS = 15 * 60_000
/** More than any clock of a replica is off, and than an upload takes to end once it was told to. */
const GRACE_MS = 5 * 60_000
const SWEEP_ROWS = 200

/** The files of all spaces. */
export interface Files {
  settings(spaceId: string): FileSettings
  /** The right to upload one file. Throws `FILE_PATH_INVALID`, `FILE_TYPE_REFUSED` for what name and type alone decide. */
  offer(spaceId: string, cloudPath: string, wants?: OfferWants): UploadTicket & SignedTicket
  /** What the content of the ticket's upload has to be sealed with; undefined: it has to come plain. */
  uploadKey(ticket: UploadTicket): FileContentKey | undefined
  /** The ticket of a form. Throws `FILE_SIGNATURE_INVALID`. */
  redeem(spaceId: string, fields: Partial<SignedTicket>): UploadTicket
  /** Sets room aside for what is about to come. Throws `FILE_TICKET_SPENT`, `FILE_TYPE_REFUSED`, `FILE_QUOTA_EXCEEDED`. */
  begin(ticket: UploadTicket, facts: UploadFacts): Promise<Upload>
  /** A file that a function made. Throws what `offer` and `begin` throw, `FILE_TOO_LARGE`. */
  add(spaceId: string, cloudPath: string, content: Readable, sizeBytes: number): Promise<FileRecord>
  find(key: FileKey): Promise<FileRecord | undefined>
  /** Whether a file of that path has come within the time that an upload may take. */
  hasArrived(spaceId: string, cloudPath: string): Promise<boolean>
  /** Throws `FILE_NOT_FOUND`. */
  read(file: FileRecord, range?: ByteRange): Promise<Readable>
  /** A URL that reads the file until it expires. @param origin where clients reach this server, `https://host[:port]`. */
  temporaryUrl(file: FileRecord, origin: string, seconds?: number): Promise<string>
  /** Throws `FILE_SIGNATURE_INVALID` unless the URL was made by `temporaryUrl` and has not expired. */
  admitUrl(key: FileKey, query: { readonly expires?: string; readonly signature?: string }): void
  /** A URL of this server that reads the file sealed, and with what; else as `temporaryUrl`. */
  sealedUrl(
    file: FileRecord,
    wants: { readonly origin: string; readonly suite: SuiteNumber; readonly seconds?: number },
  ): { readonly url: string; readonly key: FileContentKey }
  /** Which file such a URL is about, and what the answer is sealed with. Throws as `admitUrl`. */
  admitSealedUrl(spaceId: string, sealed: string): { readonly file: FileKey; readonly key: FileContentKey }
  /** false: there was none. */
  remove(key: FileKey): Promise<boolean>
  /** Removes what uploads and removals that were cut off have left. */
  sweep(): Promise<void>
}

/** What the right to upload is asked for with. */
export interface OfferWants {
  /** The type that the client declares. */
  readonly type?: string
  /** The content is to travel sealed by this suite. */
  readonly suite?: SuiteNumber
}

/** What an upload says of itself. */
export interface UploadFacts {
  /** The type that the client declares. */
  readonly type?: string
  /** A bound that is known beforehand; the ticket's limit where it is lower. */
  readonly sizeMaxBytes?: number
  readonly address: string
}

/** An upload under way. `finish` or `abandon` has to be called in the end. */
export interface Upload {
  /** Throws `FILE_TOO_LARGE` and what the content ends with. */
  write(content: Readable, signal: AbortSignal): Promise<void>
  /** Nobody sees the file before. Throws `FILE_UPLOAD_BROKEN` when it took too long. */
  finish(): Promise<FileRecord>
  /** Nothing of it stays but that its ticket is spent. */
  abandon(): Promise<void>
}

/** What files are made of. */
export interface FilesDeps {
  readonly store: FileStore
  readonly records: FileRecords
  readonly signer: FileSigner
  /** Closes the tickets and URLs of sealed transfers. */
  readonly seal: TicketSeal
  readonly settings: (spaceId: string) => FileSettings
  /** The keys of sealed transfers (`createContentKeys`). */
  readonly contentKeyOf: (transfer: Transfer) => FileContentKey
  /** ms since epoch. */
  readonly now: () => number
  /** That many bytes that nobody can guess. */
  readonly random: (length: number) => Uint8Array
}

/** The files of all spaces, over a store for contents and a table for what is known of them. */
export function createFiles({ store, records, signer, seal, settings, contentKeyOf, now, random }: FilesDeps): Files {
  const ticketKeys = { signer, seal }

  const remove = async (key: FileKey): Promise<boolean> => {
    if (!(await records.leave(key))) return false
    await store.remove(key)
    await records.forget(key, now())
    return true
  }

  const offer: Files['offer'] = (spaceId, cloudPath, { type, suite } = {}) => {
    const { path, name } = readCloudPath(cloudPath)
    const rules = settings(spaceId)
    // What the name alone decides is refused before anything is sent.
    admitType({ accept: [], refuse: rules.refuse }, name, fileTypeOf(name))
    if (type !== undefined) admitType(rules, name, fileTypeOf(name, type))
    const ticket = {
      ...{ spaceId, id: newFileId(random), path, maxBytes: rules.maxBytes, expiresAt: now() + TICKET_MS },
      ...(type !== undefined && { type }),
      ...(suite !== undefined && { content: newContentSeal(suite, random) }),
    }
    return { ...ticket, ...signTicket(ticketKeys, ticket) }
  }

  const endOf = (seconds: number): string => String(Math.floor(now() / 1000) + seconds)

  const demandOurs = (isOurs: boolean, expires: string): void => {
    if (!isOurs) throw new DrawbridgeError('FILE_SIGNATURE_INVALID', { reason: 'wrong' })
    if (Number(expires) * 1000 <= now()) throw new DrawbridgeError('FILE_SIGNATURE_INVALID', { reason: 'expired' })
  }

  const begin: Files['begin'] = async (ticket, { type: declared, sizeMaxBytes = Infinity, address }) => {
    const { spaceId, id, path, expiresAt } = ticket
    const rules = settings(spaceId)
    const { name } = readCloudPath(path)
    const type = fileTypeOf(name, ticket.type ?? declared)
    admitType(rules, name, type)
    const maxBytes = Math.min(ticket.maxBytes, rules.maxBytes)
    const createdAt = now()
    const claim = { spaceId, id, path, type, address, createdAt, expiresAt }
    const room = { sizeBytes: Math.min(maxBytes, sizeMaxBytes), deadlineAt: createdAt + UPLOAD_MS + GRACE_MS }
    await records.claim({ ...claim, ...room }, rules.quotaBytes)
    let written = 0
    return {
      async write(content, signal) {
        const { sizeBytes } = await store.put({ spaceId, id }, content, { maxBytes: room.sizeBytes, type, signal })
        written = sizeBytes
      },
      async finish() {
        if (!(await records.settle({ spaceId, id }, written))) {
          await store.remove({ spaceId, id })
          throw new DrawbridgeError('FILE_UPLOAD_BROKEN', { reason: 'took too long' })
        }
        return { spaceId, id, path, type, sizeBytes: written, createdAt }
      },
      async abandon() {
        await remove({ spaceId, id })
      },
    }
  }

  return {
    settings,
    offer,
    begin,
    remove,

    uploadKey: ({ spaceId, id, content }) => content && contentKeyOf({ direction: 'upload', spaceId, id, ...content }),

    redeem: (spaceId, fields) => readTicket(ticketKeys, fields, { spaceId, at: now() }),

    async add(spaceId, cloudPath, content, sizeBytes) {
      const { maxBytes } = settings(spaceId)
      if (sizeBytes > maxBytes) throw new DrawbridgeError('FILE_TOO_LARGE', { limit: maxBytes })
      const upload = await begin(offer(spaceId, cloudPath), { sizeMaxBytes: sizeBytes, address: '' })
      try {
        await upload.write(content, new AbortController().signal)
        return await upload.finish()
      } catch (error) {
        await upload.abandon()
        throw error
      }
    },

    find: (key) => records.find(key),

    async hasArrived(spaceId, cloudPath) {
      const { path } = readCloudPath(cloudPath)
      return (await records.findByPath(spaceId, path, now() - UPLOAD_MS - GRACE_MS)) !== undefined
    },

    read: (file, range) => store.read(file, range),

    async temporaryUrl(file, origin, seconds = settings(file.spaceId).urlSeconds) {
      const { spaceId, id, type, path } = file
      const { name } = readCloudPath(path)
      const disposition = contentDisposition(name, type)
      const direct = await store.readUrl(file, { lifetimeSeconds: seconds, type, disposition })
      if (direct !== undefined) return direct
      const expires = endOf(seconds)
      const signature = signer.sign('read', [spaceId, id, expires])
      return `${origin}${filePathname(file, name)}?expires=${expires}&signature=${signature}`
    },

    sealedUrl({ spaceId, id }, { origin, suite, seconds = settings(spaceId).urlSeconds }) {
      const content = newContentSeal(suite, random)
      const sealed = seal.close('read', spaceId, [id, endOf(seconds), content.suite, content.nonce].join(' '))
      return {
        url: `${origin}${sealedPathname(spaceId)}?sealed=${sealed}`,
        key: contentKeyOf({ direction: 'download', spaceId, id, ...content }),
      }
    },

    admitUrl({ spaceId, id }, { expires = '', signature = '' }) {
      demandOurs(signer.verify('read', [spaceId, id, expires], signature), expires)
    },

    admitSealedUrl(spaceId, sealed) {
      const [id = '', expires = '', suite = '', nonce = ''] = seal.open('read', spaceId, sealed)?.split(' ') ?? []
      const content = readSeal(suite, nonce)
      if (!content) throw new DrawbridgeError('FILE_SIGNATURE_INVALID', { reason: 'wrong' })
      demandOurs(true, expires)
      const file = { spaceId, id }
      return { file, key: contentKeyOf({ direction: 'download', ...file, ...content }) }
    },

    async sweep() {
      await store.clean()
      for (const key of await records.leaving(now(), SWEEP_ROWS)) {
        await store.remove(key)
        await records.forget(key, now())
      }
      await records.prune(now())
    },
  }
}
