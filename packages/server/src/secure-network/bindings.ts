import type { AssociatedApp } from './policy-source.ts'

/** How an app on a platform stands in the applications list. */
export type Binding =
  | { readonly version: 'production' | 'development' }
  | { readonly code: 'APP_NOT_ASSOCIATED' | 'PLATFORM_NOT_ASSOCIATED' }

/** What is looked up in the applications list. */
export interface BindingQuestion {
  readonly appId: string
  readonly platform: string
  /** A WeChat appid, a certificate, a bundle; undefined: not known, and any will do. */
  readonly id?: string | undefined
}

/**
 * Whether the app may come on this platform, and by which of its bindings. One that is listed as both is a development
 * build: the weaker word counts.
 */
export function findBinding(apps: readonly AssociatedApp[], { appId, platform, id }: BindingQuestion): Binding {
  const own = apps.filter((app) => app.appId === appId)
  if (own.length === 0) return { code: 'APP_NOT_ASSOCIATED' }
  const here = own.filter((app) => app.platform.toLowerCase() === platform.toLowerCase())
  if (here.length === 0) return { code: 'PLATFORM_NOT_ASSOCIATED' }
  if (id === undefined || here.some(({ development }) => development.includes(id))) return { version: 'development' }
  if (here.some(({ release }) => release.includes(id))) return { version: 'production' }
  return { code: 'PLATFORM_NOT_ASSOCIATED' }
}
