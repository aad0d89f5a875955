/** Scheme and authority under which clients reach this server. */
export interface PublicOrigin {
  readonly scheme: string
  readonly authority: string
}

/** `https://host[:port]` in its parts. */
export function readOrigin(url: string): PublicOrigin {
  const { protocol, host } = new URL(url)
  return { scheme: protocol.slice(0, -1), authority: host }
}

/** The parts as `https://host[:port]`. */
export function originText({ scheme, authority }: PublicOrigin): string {
  return `${scheme}://${authority}`
}
