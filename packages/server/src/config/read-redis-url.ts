import type { Report } from './mistake.ts'
import type { Place } from './place.ts'

/** `/0`, or nothing: the first database. */
const DATABASE = /^\/?\d*$/

/** The URL of a Redis, if it is one; else that is reported, and nothing of the text is: it may hold a password. */
export function readRedisUrl(text: string | undefined, place: Place, report: Report): string | undefined {
  if (text === undefined || isRedisUrl(text)) return text
  report('REDIS_URL_WRONG', place)
  return undefined
}

function isRedisUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, pathname } = new URL(text)
  return (protocol === 'redis:' || protocol === 'rediss:') && hostname !== '' && DATABASE.test(pathname)
}
