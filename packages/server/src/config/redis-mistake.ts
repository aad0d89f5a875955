/**
 * What is wrong with a space's Redis beside the server's own. A user of Redis' own for the space is trusted to end at the
 * space's keys.
 */
export function redisMistake(
  spaceUrl: string,
  serverUrl: string | undefined,
): 'SPACE_REDIS_OWN' | 'SPACE_REDIS_NEAR' | undefined {
  const space = whereOf(spaceUrl)
  const server = serverUrl === undefined ? undefined : whereOf(serverUrl)
  if (!space || !server || space.user !== server.user || space.address !== server.address) return undefined
  return space.database === server.database ? 'SPACE_REDIS_OWN' : 'SPACE_REDIS_NEAR'
}

/** undefined: no URL, which connecting will say. */
function whereOf(
  url: string,
): { readonly address: string; readonly user: string; readonly database: number } | undefined {
  if (!URL.canParse(url)) return undefined
  const { hostname, port, username, pathname, searchParams } = new URL(url)
  return {
    // Names of this machine are one machine.
    address: `${loopbacks.has(hostname.toLowerCase()) ? 'localhost' : hostname.toLowerCase()}:${port || '6379'}`,
    user: username === '' ? 'default' : username,
    database: Number(searchParams.get('db') ?? pathname.slice(1)),
  }
}

const loopbacks: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])
