import type { ServerConfig } from '../config/server-config.ts'
import type { Finding } from './finding.ts'

/** Who may call each space from a browser: nobody is right for mini programs and apps, and puzzles whoever has a website. */
export function checkSpaces({ spaces }: Pick<ServerConfig, 'spaces'>): readonly Finding[] {
  return spaces
    .filter(({ origins }) => origins.length === 0)
    .map(({ spaceId }) => ({
      check: 'settings',
      state: 'ok',
      subject: `spaces ${spaceId}`,
      en: 'No page in a browser may call this space; mini programs and apps may. "origins" lists the pages that may.',
      zh: '浏览器页面不能调用该空间；小程序与 App 可以。允许的页面在 "origins" 中填写。',
    }))
}
