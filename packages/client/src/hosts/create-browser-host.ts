import type { Host, HostUi, Weixin } from '../host.ts'
import { webParts } from './web-parts.ts'
import type { WebParts } from './web-parts.ts'

/** As much of a page's `window` as the client uses. */
export interface BrowserParts extends WebParts {
  readonly localStorage: { getItem(name: string): string | null; setItem(name: string, value: string): void }
  readonly navigator: { readonly userAgent: string; readonly language: string }
  readonly now: () => number
}

/** What a page adds of its own. */
export interface BrowserHostOptions {
  /** How the page shows loading and errors of cloud objects; nothing is shown without it. */
  readonly ui?: HostUi
  /** A source of user keys, for pages whose app gives them one. Without it encrypted calls end with 20000. */
  readonly weixin?: Weixin
}

/** A page in a browser. */
export function createBrowserHost(parts: BrowserParts, { ui, weixin }: BrowserHostOptions = {}): Host {
  const { localStorage, navigator, now } = parts
  const { userAgent, language } = navigator
  const osName = osNames.find(([, pattern]) => pattern.test(userAgent))?.[0] ?? 'other'
  return {
    ...webParts(parts),
    platform: weixin ? 'mp-weixin' : 'web',
    now,
    storage: {
      get: (name) => localStorage.getItem(name),
      set: (name, value) => localStorage.setItem(name, String(value)),
    },
    info: () => ({ osName, ua: userAgent, appLanguage: language, locale: language }),
    ui,
    weixin,
  }
}

const osNames: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['ios', /iPhone|iPad|iPod/],
  ['android', /Android/],
  ['windows', /Windows/],
  ['macos', /Mac OS/],
  ['linux', /Linux/],
]
