import type { CallFacts, Json } from '../wire/worker-frame.ts'

/** What a call tells of the client that made it: nothing unless a client did. */
export type ClientInfo = Record<string, Json | undefined>

/** The client's own words, less what the language itself would read out of them. */
export function clientInfo({ source, clientInfo: said }: CallFacts): ClientInfo {
  if (source !== 'client') return {}
  const { __proto__: _, ...info } = structuredClone(said) as ClientInfo
  return info
}

/** uniCloud's one name for a platform that had several: app and web. */
export function platformName(uniPlatform: Json | undefined): Json | undefined {
  return typeof uniPlatform === 'string' ? (platformNames[uniPlatform] ?? uniPlatform) : undefined
}

const platformNames: Readonly<Record<string, string>> = Object.assign(Object.create(null) as Record<string, string>, {
  'app-plus': 'app',
  'app-harmony': 'app',
  'app-android': 'app',
  'app-ios': 'app',
  h5: 'web',
})
