import { createHash } from 'node:crypto'
import type { DocumentStore } from '../documents/document-store.ts'
import type { Space } from '../spaces/space.ts'
import { identitySpace } from './identity-space.ts'
import { loginCode } from './weixin/login-code.ts'

/** Who a login code was exchanged for. */
export interface CodeHolder {
  readonly openid: string
  readonly unionid?: string
}

/**
 * What the secure network knows of login codes that have been exchanged: the stock client goes on naming itself by its
 * code. Only a code's hash is kept, and the session key never: that one is the bridge's.
 */
export interface CodeHandles {
  /** `appid` is the mini program's own, as WeChat names it. */
  keep(space: Space, appid: string, code: string, holder: CodeHolder, lifetimeMs: number): Promise<void>
  /** undefined: never exchanged here, or too long unused. Being found lengthens the life again. */
  find(space: Space, appid: string, code: string): Promise<CodeHolder | undefined>
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
    async find({ spaceId }, appid, code) {
      if (loginCode(code) === undefined) return undefined
      const place = identitySpace(spaceId)
      const where = { _id: handleId(appid, code) }
      const [found] = await documents.find(place, { collection: COLLECTION, where, limit: 1 })
      const expiresAt = Number(found?.['expiresAt'] ?? 0)
      const openid = found?.['openid']
      if (found === undefined || typeof openid !== 'string' || expiresAt <= now()) return undefined
      const lifetimeMs = Number(found['lifetimeMs'])
      if (expiresAt - now() < lifetimeMs * (1 - LENGTHEN_AFTER)) {
        await documents.update(place, { collection: COLLECTION, where }, { $set: endIn(lifetimeMs) })
      }
      const { unionid } = found
      return { openid, ...(typeof unionid === 'string' && { unionid }) }
    },
  }
}

function dayOf(moment: number): number {
  return Math.floor(moment / DAY_MS)
}

function handleId(appid: string, code: string): string {
  return createHash('sha256').update(`${appid}\n${code}`).digest('hex')
}
