import type { Identifiers } from '../random/identifiers.ts'
import { SimulatorError } from '../simulator-error.ts'
import { isQq } from './apps.ts'
import type { App } from './apps.ts'

/** A person with a WeChat (and a QQ) account. */
export interface User {
  /** Ours, for tests: `alice`. */
  readonly id: string
  readonly phoneNumber: string
  readonly countryCode: string
  readonly nickname: string
  readonly headimgurl: string
  /** Login is refused with 40226. */
  readonly highRisk: boolean
  /** wx.login fails with errno 1402101. */
  readonly loginBanned: boolean
  /** The snapshot page's virtual account: OAuth answers carry is_snapshotuser. */
  readonly snapshot: boolean
}

/** What is needed to add a user; without an id one is made. `openids` fixes openids by appid. */
export type UserInput = Partial<User> & { readonly openids?: Readonly<Record<string, string>> }

/** Who is meant: by our id or by an openid of the app in question; nobody named: the first user. */
export interface UserRef {
  readonly user?: string | undefined
  readonly openid?: string | undefined
}

/** A user inside one app. */
export interface Member {
  readonly user: User
  readonly openid: string
  /** Only when the app belongs to an Open Platform account. */
  readonly unionid: string | undefined
}

/** The people of one simulator. */
export interface Users {
  add(input?: UserInput): User
  find(id: string): User | undefined
  change(id: string, patch: Partial<Omit<User, 'id'>>): User
  list(): User[]
  /** The user in this app; becomes known to the app by this. Throws USER_UNKNOWN. */
  member(app: App, ref: UserRef): Member
  /** Like `member`, but an openid not heard of becomes a new user's. */
  memberOrNew(app: App, ref: UserRef): Member
  /** Who has this openid in this app; undefined when the app has never seen them. */
  byOpenid(app: App, openid: string): Member | undefined
}

/** Keeps the people and their openids. */
export function createUsers(identifiers: Identifiers): Users {
  const users = new Map<string, User>()
  const fixed = new Map<string, string>()
  const owners = new Map<string, string>()

  const openidOf = (app: App, user: User): string => {
    const openid =
      fixed.get(`${app.appid}\n${user.id}`) ??
      (isQq(app) ? identifiers.qqOpenid(app.appid, user.id) : identifiers.openid(app.appid, user.id))
    owners.set(`${app.appid}\n${openid}`, user.id)
    return openid
  }
  const inApp = (app: App, user: User): Member => ({
    user,
    openid: openidOf(app, user),
    unionid: app.openPlatformId === null ? undefined : identifiers.unionid(app.openPlatformId, user.id),
  })
  const byOpenid = (app: App, openid: string): Member | undefined => {
    const user = users.get(owners.get(`${app.appid}\n${openid}`) ?? '')
    return user === undefined ? undefined : inApp(app, user)
  }

  const add = (input: UserInput = {}): User => {
    const { openids = {}, ...rest } = input
    const id = rest.id ?? `user-${users.size + 1}`
    if (users.has(id)) throw new SimulatorError('USER_INVALID', `There is a user "${id}" already.`)
    const user = checkedUser({ ...userDefaults(users.size + 1), nickname: id, ...rest, id })
    users.set(id, user)
    for (const [appid, openid] of Object.entries(openids)) {
      fixed.set(`${appid}\n${id}`, openid)
      owners.set(`${appid}\n${openid}`, id)
    }
    return user
  }

  const find = (app: App, ref: UserRef): Member | undefined => {
    if (ref.openid !== undefined) return byOpenid(app, ref.openid)
    const user = ref.user === undefined ? users.values().next().value : users.get(ref.user)
    return user === undefined ? undefined : inApp(app, user)
  }

  return {
    add,
    find: (id) => users.get(id),
    change(id, patch) {
      const user = users.get(id)
      if (user === undefined) throw new SimulatorError('USER_UNKNOWN', `There is no user "${id}".`)
      const changed = checkedUser({ ...user, ...patch, id })
      users.set(id, changed)
      return changed
    },
    list: () => [...users.values()],
    member(app, ref) {
      const member = find(app, ref)
      if (member !== undefined) return member
      throw new SimulatorError('USER_UNKNOWN', `App ${app.appid} has no user ${JSON.stringify(ref)}.`)
    },
    memberOrNew(app, ref) {
      const known = find(app, ref)
      if (known !== undefined) return known
      const user = ref.user === undefined ? undefined : users.get(ref.user)
      if (user !== undefined && ref.openid !== undefined) {
        fixed.set(`${app.appid}\n${user.id}`, ref.openid)
        return inApp(app, user)
      }
      const named = ref.user === undefined ? {} : { id: ref.user }
      return inApp(app, add(ref.openid === undefined ? named : { ...named, openids: { [app.appid]: ref.openid } }))
    },
    byOpenid,
  }
}

function userDefaults(n: number): Omit<User, 'id'> {
  return {
    phoneNumber: `138${String(n).padStart(8, '0')}`,
    countryCode: '86',
    nickname: '',
    headimgurl: 'https://thirdwx.qlogo.cn/mmopen/vi_32/simulated/132',
    highRisk: false,
    loginBanned: false,
    snapshot: false,
  }
}

function checkedUser(user: User): User {
  const texts: readonly unknown[] = [user.id, user.phoneNumber, user.countryCode, user.nickname, user.headimgurl]
  if (texts.every((text) => typeof text === 'string') && user.id !== '') return user
  throw new SimulatorError('USER_INVALID', 'A user has texts for id, phoneNumber, countryCode, nickname, headimgurl.')
}
