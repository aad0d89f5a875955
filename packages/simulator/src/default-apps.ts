import type { AppInput } from './state/apps.ts'
import type { UserInput } from './state/users.ts'

const OPEN_PLATFORM = 'demo-open-platform'

/** The apps that there are when none are given: one of each type, with numbers that are plainly not real. */
export const defaultApps: readonly AppInput[] = [
  { appid: 'wx1111111111111111', type: 'mp', secret: '1'.repeat(32), openPlatformId: OPEN_PLATFORM },
  { appid: 'wx2222222222222222', type: 'oa', secret: '2'.repeat(32), openPlatformId: OPEN_PLATFORM },
  { appid: 'wx3333333333333333', type: 'web', secret: '3'.repeat(32), openPlatformId: OPEN_PLATFORM },
  { appid: 'wx4444444444444444', type: 'mobile', secret: '4'.repeat(32), openPlatformId: OPEN_PLATFORM },
  { appid: 'wx5555555555555555', type: 'multi', secret: '5'.repeat(32), openPlatformId: OPEN_PLATFORM },
  { appid: '1111111111', type: 'qq-mp', secret: '6'.repeat(32), openPlatformId: OPEN_PLATFORM },
  { appid: '100000001', type: 'qq-app', secret: '7'.repeat(32), openPlatformId: OPEN_PLATFORM },
]

/** The people that there are when none are given. */
export const defaultUsers: readonly UserInput[] = [
  { id: 'alice', nickname: 'Alice', phoneNumber: '13800000001' },
  { id: 'bob', nickname: 'Bob', phoneNumber: '13800000002' },
]
