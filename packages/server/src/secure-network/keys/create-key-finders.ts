import type { KeyKind } from '@drawbridge/protocol'
import { refuse } from '../refusal.ts'
import type { KeyFinder } from './key-finder.ts'
import { createMiniProgramKeys } from './mini-program-keys.ts'
import type { MiniProgramKeysDeps } from './mini-program-keys.ts'

/** Every kind of key by its name in the header. No device is enrolled yet, so no session is known. */
export function createKeyFinders(deps: MiniProgramKeysDeps): Readonly<Record<KeyKind, KeyFinder>> {
  return Object.assign(Object.create(null) as Record<KeyKind, KeyFinder>, {
    mp: createMiniProgramKeys(deps),
    session: { find: () => refuse('ENCRYPT_KEY_UNKNOWN', 'no such session') },
  })
}
