import type { CredentialKind } from '../credential.ts'
import { applicationKind } from './application.ts'
import { encryptKey } from './encrypt-key.ts'
import type { Kind } from './kind.ts'
import { sessionKey } from './session-key.ts'
import { userAccessToken } from './user-access-token.ts'

/** Every kind of credential by its name. */
export const kinds: Readonly<Record<CredentialKind, Kind>> = Object.freeze(
  Object.assign(Object.create(null) as Record<CredentialKind, Kind>, {
    access_token: applicationKind('access_token'),
    user_access_token: userAccessToken,
    session_key: sessionKey,
    encrypt_key: encryptKey,
    ticket: applicationKind('ticket'),
  }),
)
