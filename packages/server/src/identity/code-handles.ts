import { createHash } from 'node:crypto'
import type { Document, DocumentStore } from '../documents/document-store.ts'
import type { Space } from '../spaces/space.ts'
import { identitySpace } from './identity-space.ts'
import { loginCode } from './weixin/login-code.ts'

/** Who a login code was exchanged for. */
export interface CodeHolder {
  readonly openid: string
  readonly unionid?: string
}

/** The holder of a code that is still good. */
export interface FoundHolder extends CodeHolder {
  /** A tenth of its life is gone: its use is to be written down. */
  readonly isAging?: true
}

/**
 * What the secure network knows of login codes that have been exchanged: the stock client goes on naming itself by its
 * code. Only a code's hash is kept, and the session key never: that one is the bridge's.
 */
export interface CodeHandles {
  /** `appid` is the mini program's own, as WeChat names it. */
  keep(space: Space, appid: string, code: string, holder: CodeHolder, lifetimeMs: number): Promise<void>
  /** undefined: never exchanged here, or too long unused. Whoever says a code finds it: that alone is no use of it. */
  find(space: Space, appid: string, code: string): Promise<FoundHolder | undefined>
  /** Lengthens the life of one that was used, if enough of it is gone; for a code that `find` finds aging. */
  lengthen(space: Space, appid: string, code: string): Promise<void>
}

const COLLECTION = 'code-handles'
const SWEPT_AT_ONCE = 100
const DAY_MS = 24 * 3_600_000
/** Handles that ended longer ago than this, while nobody came, stay. */
const SWEPT_DAYS = 60
/** A life is lengthened only when this part of it is gone: not every call shall cost a write. */
const LENGTHEN_AFTER = 0.1

/** Keeps the handles in the space's documents. */
export function createCodeHandles({
  documents,
  now,
}: {
  readonly documents: DocumentStore
  readonly now: () => number
}): CodeHandles {
  const endIn = (lifetimeMs: number): { readonly expiresAt: number; readonly endDay: number } => {
    const expiresAt = now() + lifetimeMs
    return { expiresAt, endDay: dayOf(expiresAt) }
  }
  const findGood = async (
    { spaceId }: Space,
    appid: string,
    code: string,
  ): Promise<(Document & { readonly openid: string }) | undefined> => {
    if (loginCode(code) === undefined) return undefined
    const where = { _id: handleId(appid, code) }
    const [found] = await documents.find(identitySpace(spaceId), { collection: COLLECTION, where, limit: 1 })
    const openid = found?.['openid']
    if (!found || typeof openid !== 'string' || Number(found['expiresAt'] ?? 0) <= now()) return undefined
    return { ...found, openid }
  }
  const isAging = (found: Document): boolean =>
    Number(found['expiresAt']) - now() < Number(found['lifetimeMs']) * (1 - LENGTHEN_AFTER)

  return {
    async keep({ spaceId }, appid, code, { openid, unionid }, lifetimeMs) {
      const place = identitySpace(spaceId)
      const id = handleId(appid, code)
      const union = unionid === undefined ? {} : { unionid }
      await documents.replace(place, COLLECTION, id, { _id: id, openid, ...union, lifetimeMs, ...endIn(lifetimeMs) })
      const today = dayOf(now())
      // By the day, since values are looked up and ranges are not.
      const past = Array.from({ length: SWEPT_DAYS }, (_, at) => today - 1 - at)
      await documents.remove(place, { collection: COLLECTION, where: { endDay: { $in: past } }, limit: SWEPT_AT_ONCE })
    },
    async find(space, appid, code) {
      const found = await findGood(space, appid, code)
      if (!found) return undefined
      const { openid, unionid } = found
      return { openid, ...(typeof unionid === 'string' && { unionid }), ...(isAging(found) && { isAging: true }) }
    },
    async lengthen(space, appid, code) {
      const found = await findGood(space, appid, code)
      if (!found || !isAging(found)) return
      const where = { _id: handleId(appid, code) }
      const ends = endIn(Number(found['lifetimeMs']))
      await documents.update(identitySpace(space.spaceId), { collection: COLLECTION, where }, { $set: ends })
    },
  }
}

function dayOf(moment: number): number {
  return Math.floor(moment / DAY_MS)
}

function handleId(appid: string, code: string): string {
  return createHash('sha256').update(`${appid}\n${code}`).digest('hex')
}
