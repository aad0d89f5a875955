import type { Clock } from './clock/clock.ts'
import { createLimitBook } from './limits/limits.ts'
import type { LimitBook } from './limits/limits.ts'
import type { Limits } from './limits/limit-table.ts'
import { createQuotaDays } from './limits/quota-days.ts'
import type { QuotaDays } from './limits/quota-days.ts'
import { createIdentifiers } from './random/identifiers.ts'
import type { Identifiers } from './random/identifiers.ts'
import type { Random } from './random/random.ts'
import { createApps } from './state/apps.ts'
import type { Apps } from './state/apps.ts'
import { createEncryptedMessages } from './state/encrypted-messages.ts'
import type { EncryptedMessages } from './state/encrypted-messages.ts'
import { createMintingTokens } from './state/minting-tokens.ts'
import type { MintingTokens } from './state/minting-tokens.ts'
import { createLoginCodes } from './state/login-codes.ts'
import type { LoginCodes } from './state/login-codes.ts'
import { createOAuth } from './state/oauth.ts'
import type { OAuth } from './state/oauth.ts'
import { createPhoneCodes } from './state/phone-codes.ts'
import type { PhoneCodes } from './state/phone-codes.ts'
import { createQqConnect } from './state/qq-connect.ts'
import type { QqConnect } from './state/qq-connect.ts'
import { createSessions } from './state/sessions.ts'
import type { Sessions } from './state/sessions.ts'
import { createStableTokens } from './state/stable-token.ts'
import type { StableTokens } from './state/stable-token.ts'
import { createSwitchBoard } from './state/switch-board.ts'
import type { SwitchBoard } from './state/switch-board.ts'
import { createTickets } from './state/tickets.ts'
import type { Tickets } from './state/tickets.ts'
import { createTokenRegistry } from './state/token-registry.ts'
import type { TokenRegistry } from './state/token-registry.ts'
import { createUserKeys } from './state/user-keys.ts'
import type { UserKeys } from './state/user-keys.ts'
import { createUsers } from './state/users.ts'
import type { Users } from './state/users.ts'
import type { Switches } from './switches.ts'

/** Everything that the simulated platform knows. */
export interface Platform {
  readonly clock: Clock
  readonly random: Random
  readonly identifiers: Identifiers
  readonly switches: SwitchBoard
  readonly days: QuotaDays
  readonly limits: LimitBook
  readonly apps: Apps
  readonly users: Users
  readonly tokens: TokenRegistry
  readonly legacyTokens: MintingTokens
  readonly stableTokens: StableTokens
  readonly qqTokens: MintingTokens
  readonly tickets: Tickets
  readonly loginCodes: LoginCodes
  readonly sessions: Sessions
  readonly userKeys: UserKeys
  readonly phoneCodes: PhoneCodes
  readonly encryptedMessages: EncryptedMessages
  readonly oauth: OAuth
  readonly qqConnect: QqConnect
}

/** What a platform is made of. */
export interface PlatformDeps {
  readonly clock: Clock
  readonly random: Random
  readonly switches: Partial<Switches>
  readonly limits: Partial<Limits>
}

/** Makes an empty platform: no apps, no users, nothing handed out. */
export function createPlatform({ clock, random, switches: positions, limits }: PlatformDeps): Platform {
  const { now } = clock
  const switches = createSwitchBoard(positions)
  const identifiers = createIdentifiers(random)
  const days = createQuotaDays(now, () => switches.get('dayOffsetHours'))
  const registry = createTokenRegistry(now, (appid, family) =>
    identifiers.accessToken(`${family} ${appid}`, switches.get('accessTokenLength')),
  )
  const legacyTokens = createMintingTokens({ family: 'legacy', registry, switches, now })
  const qqTokens = createMintingTokens({ family: 'qq', registry, switches, now })
  const stableTokens = createStableTokens({ registry, switches, days, now })
  const userKeys = createUserKeys({
    now,
    switches,
    makeKey: identifiers.encryptKey,
    makeIv: identifiers.encryptIv,
  })
  const userToken = (label: string): string => identifiers.accessToken(label, 128)

  return {
    clock,
    random,
    identifiers,
    switches,
    days,
    tokens: registry,
    legacyTokens,
    stableTokens,
    qqTokens,
    userKeys,
    limits: createLimitBook({ days, switches, limits }),
    apps: createApps(identifiers, (app) => {
      if (!switches.get('secretResetKillsTokens', app)) return
      for (const family of [legacyTokens, qqTokens]) family.revoke(app.appid)
      stableTokens.revoke(app.appid, false)
    }),
    users: createUsers(identifiers),
    tickets: createTickets({ now, make: identifiers.ticket, switches }),
    loginCodes: createLoginCodes({ now, make: identifiers.code, switches }),
    sessions: createSessions({
      now,
      make: identifiers.sessionKey,
      switches,
      onNewKey: (app, userId) => {
        if (switches.get('encryptKeyFollowsSession', app)) userKeys.end(app, userId)
      },
    }),
    phoneCodes: createPhoneCodes({ now, make: identifiers.phoneCode, switches }),
    encryptedMessages: createEncryptedMessages(now),
    oauth: createOAuth({ now, makeCode: identifiers.code, makeToken: userToken, switches }),
    qqConnect: createQqConnect(now, userToken),
  }
}
