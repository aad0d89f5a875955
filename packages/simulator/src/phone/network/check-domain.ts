import { isIP } from 'node:net'
import type { AppDomains } from '../../state/apps.ts'
import { WxError } from '../wx-error.ts'

/** Which list of the console decides. */
export type DomainKind = keyof AppDomains

/**
 * May the mini program talk to this URL? Throws errno 600009 for what is no URL, 600002 for a host that the console
 * does not list. Ports must be the listed one (a listed domain without port does not cover `:443`); for sockets any
 * port of a listed domain will do; addresses in the local network are exempt; api.weixin.qq.com never passes.
 */
export function checkDomain(
  api: string,
  url: string,
  { kind, domains, skip }: { readonly kind: DomainKind; readonly domains: AppDomains; readonly skip: boolean },
): URL {
  const parsed = parseUrl(api, url, kind)
  if (skip) return parsed
  const refuse = (): never => {
    throw new WxError(api, 'url not in domain list', 600002)
  }
  const authority = authorityOf(url)
  const host = authority.replace(/:\d+$/, '')
  if (isLocalNetwork(host)) return parsed
  if (isIP(host.replace(/^\[|\]$/g, '')) !== 0 || host === 'localhost') refuse()
  if (/^([a-z0-9-]+\.)?api\.weixin\.qq\.com$|^api2\.weixin\.qq\.com$/.test(host)) refuse()
  const secure = kind === 'socket' ? 'wss:' : 'https:'
  if (parsed.protocol !== secure) refuse()
  const wanted = kind === 'socket' ? host : authority
  const listed = domains[kind].some((entry) => {
    const listedAuthority = authorityOf(entry)
    return (kind === 'socket' ? listedAuthority.replace(/:\d+$/, '') : listedAuthority) === wanted
  })
  return listed ? parsed : refuse()
}

function parseUrl(api: string, url: unknown, kind: DomainKind): URL {
  const protocols = kind === 'socket' ? ['ws:', 'wss:'] : ['http:', 'https:']
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined
  if (parsed !== undefined && protocols.includes(parsed.protocol)) return parsed
  throw new WxError(api, `invalid url "${String(url)}"`, 600009)
}

/** Host and port as written: a URL parser would drop `:443`, which the console's rule sees. */
function authorityOf(url: string): string {
  return (/^[a-z]+:\/\/(?:[^/?#@]*@)?([^/?#]*)/i.exec(url)?.[1] ?? '').toLowerCase()
}

function isLocalNetwork(host: string): boolean {
  return isIP(host) === 4 && /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(host)
}
