import { DrawbridgeError } from '@drawbridge/protocol'
import type { JsonObject } from '@drawbridge/runtime'
import type { Document, DocumentStore } from '../../documents/document-store.ts'
import { infoText } from '../client-of.ts'
import type { Client } from '../client-of.ts'
import type { Documents } from '../documents.ts'
import { identityAppFor } from '../identity-config.ts'
import type { IdentityConfig } from '../identity-config.ts'
import { refusal } from '../refusal.ts'
import type { WeixinAccount } from '../weixin/weixin-accounts.ts'
import { appFilter, bothOf } from './app-filter.ts'
import { claimIdentities, readClaims } from './identity-claims.ts'
import { inviteFields } from './invite.ts'
import { objectOf, textsOf } from '../text-of.ts'
import { demandGoodState, readUser, userCollection } from './read-user.ts'

/** Who has come. */
export interface WeixinVisit {
  readonly spaceId: string
  readonly client: Client
  readonly account: WeixinAccount
  readonly inviteCode: string | undefined
}

/** The user of a WeChat account, and whether the visit made them one. */
export interface WeixinUser {
  readonly type: 'login' | 'register'
  readonly user: Document
}

/** What finding and making users needs. */
export interface WeixinUserDeps {
  readonly documents: DocumentStore
  readonly config: IdentityConfig
  readonly now: () => number
  readonly randomBytes: (size: number) => Buffer
}

/** Two replicas may meet at a new user; who comes second finds what the first made. */
const TRIES = 3

/**
 * Finds the user of a WeChat account by openid or unionid, or registers one: one user for each, however many come at
 * once. Throws `LOGIN_REFUSED` with `uni-id-account-conflict` when several users own the identities, with the state of
 * an account that may not act, and with what is wrong with the invite code.
 */
export async function findOrRegister(deps: WeixinUserDeps, visit: WeixinVisit): Promise<WeixinUser> {
  for (let tried = 1; ; tried++) {
    try {
      return await deps.documents.transaction((store) => meet(store, deps, visit))
    } catch (error) {
      const isTaken = error instanceof DrawbridgeError && error.code === 'DOCUMENT_EXISTS'
      if (!isTaken || tried === TRIES) throw error
    }
  }
}

async function meet(store: Documents, deps: WeixinUserDeps, visit: WeixinVisit): Promise<WeixinUser> {
  const { spaceId } = visit
  const names = claimNames(visit)
  const known = await findClaimed(store, visit, names)
  const matched = known === undefined ? await findMatching(store, visit) : [known]
  if (matched.length > 1) throw refusal('uni-id-account-conflict')
  const [found] = matched
  if (found !== undefined) demandGoodState(found)
  const user = found ?? (await register(store, deps, visit))
  if (known === undefined) await claimIdentities(store, spaceId, names, user._id)
  if (found !== undefined) await noteLogin(store, found, visit, deps.now())
  return { type: found === undefined ? 'register' : 'login', user }
}

/** One name for each identity, within the users that it is looked for among. */
function claimNames({ account }: WeixinVisit): readonly string[] {
  const { app, openid, unionid } = account
  const names = [`weixin:${app.dcloudAppid}:${app.appid}:${openid}`]
  return unionid === undefined ? names : [...names, `weixin-union:${app.dcloudAppid}:${unionid}`]
}

/** The quick way: every identity is claimed for one user, who still has them all. */
async function findClaimed(
  store: Documents,
  visit: WeixinVisit,
  names: readonly string[],
): Promise<Document | undefined> {
  const claims = await readClaims(store, visit.spaceId, names)
  const [uid, ...others] = new Set(claims.values())
  if (uid === undefined || others.length > 0 || claims.size < names.length) return undefined
  const user = await readUser(store, visit.spaceId, uid)
  return user !== undefined && hasAll(user, visit) && mayUse(user, visit) ? user : undefined
}

function hasAll(user: Document, { client, account }: WeixinVisit): boolean {
  const { platform, openid, unionid } = account
  const openids = objectOf(user['wx_openid'])
  const hasOpenid = openids[platform] === openid || openids[`${platform}_${client.appId}`] === openid
  return hasOpenid && (unionid === undefined || user['wx_unionid'] === unionid)
}

function mayUse(user: Document, { client, account }: WeixinVisit): boolean {
  const listed = user['dcloud_appid']
  return account.app.dcloudAppid === '*' || listed === undefined || textsOf(listed).includes(client.appId)
}

/** The thorough way, for users who came from elsewhere or were changed by hand. */
async function findMatching(store: Documents, { spaceId, client, account }: WeixinVisit): Promise<readonly Document[]> {
  const { platform, openid, unionid, app } = account
  const identities: readonly JsonObject[] = [
    { [`wx_openid.${platform}`]: openid },
    { [`wx_openid.${platform}_${client.appId}`]: openid },
    ...(unionid === undefined ? [] : [{ wx_unionid: unionid }]),
  ]
  const where = bothOf({ $or: identities }, appFilter(app.dcloudAppid, client.appId))
  return store.find(spaceId, { collection: userCollection, where, limit: 2 })
}

async function register(
  store: Documents,
  { config, now, randomBytes }: WeixinUserDeps,
  { spaceId, client, account, inviteCode }: WeixinVisit,
): Promise<Document> {
  const { platform, openid, unionid } = account
  const at = now()
  const app = identityAppFor(config, client.appId)
  const invite = await inviteFields(store, spaceId, { inviteCode, app, now: at, randomBytes })
  const record = {
    wx_openid: { [platform]: openid, [`${platform}_${client.appId}`]: openid },
    ...(unionid !== undefined && { wx_unionid: unionid }),
    status: 0,
    role: [],
    dcloud_appid: [client.appId],
    register_date: at,
    register_env: registerEnv(client),
    last_login_date: at,
    last_login_ip: client.ip,
    ...invite,
  }
  const [uid = ''] = await store.insert(spaceId, userCollection, [record])
  return { ...record, _id: uid }
}

function registerEnv({ appId, platform, ip, info }: Client): JsonObject {
  return {
    appid: appId,
    uni_platform: platform,
    os_name: infoText(info, 'osName'),
    app_name: infoText(info, 'appName'),
    app_version: infoText(info, 'appVersion'),
    app_version_code: infoText(info, 'appVersionCode'),
    channel: infoText(info, 'channel') || infoText(info, 'scene'),
    client_ip: ip,
  }
}

async function noteLogin(
  store: Documents,
  user: Document,
  { spaceId, client, account }: WeixinVisit,
  now: number,
): Promise<void> {
  const { platform, openid, unionid } = account
  const openids = objectOf(user['wx_openid'])
  const change: JsonObject = {
    last_login_date: now,
    last_login_ip: client.ip,
    [`wx_openid.${platform}_${client.appId}`]: openid,
    ...(openids[platform] === undefined && { [`wx_openid.${platform}`]: openid }),
    ...(unionid !== undefined && user['wx_unionid'] === undefined && { wx_unionid: unionid }),
  }
  await store.update(spaceId, { collection: userCollection, where: { _id: user._id } }, { $set: change })
}
