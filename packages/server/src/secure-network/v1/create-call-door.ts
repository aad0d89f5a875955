import { DrawbridgeError } from '@drawbridge/protocol'
import type { Answer } from '../../http/answer.ts'
import type { Space } from '../../spaces/space.ts'
import { createOrigins } from '../../unicloud/origins.ts'
import type { Origins } from '../../unicloud/origins.ts'

/** Names the space of an envelope, which does not say it in clear. */
export const SPACE_HEADER = 'x-drawbridge-space'

/** What calls of our own clients come in through, on every wire: there has to be the space, and it has to admit the page. */
export interface CallDoor {
  /** The space that a request names; throws `SPACE_UNKNOWN`. */
  find(spaceId: unknown): Space
  /** Throws `ORIGIN_REFUSED` where pages of this origin may not call the space. @param origin the header; none: no page */
  admit(origin: string | undefined, space: Space): void
  /** `find` and `admit`. */
  enter(spaceId: unknown, origin: string | undefined): Space
  /** The answer to a browser that asks before it sends; throws `ORIGIN_REFUSED`. */
  preflight(origin: string | undefined): Answer
  /** The answer as pages of this origin may read it. @param space undefined: none was found */
  readable(answer: Answer, origin: string | undefined, space: Space | undefined): Answer
}

/** The door to these spaces. */
export function createCallDoor(spaces: readonly Space[]): CallDoor {
  const origins: Origins = createOrigins(spaces, `content-type, ${SPACE_HEADER}`)
  const spaceById = new Map(spaces.map((space) => [space.spaceId, space]))

  const find = (spaceId: unknown): Space => {
    const space = typeof spaceId === 'string' ? spaceById.get(spaceId) : undefined
    if (!space) throw new DrawbridgeError('SPACE_UNKNOWN')
    return space
  }
  const admit = (origin: string | undefined, space: Space): void => {
    if (!origins.admits(origin, space)) throw new DrawbridgeError('ORIGIN_REFUSED')
  }

  return {
    find,
    admit,
    enter(spaceId, origin) {
      const space = find(spaceId)
      admit(origin, space)
      return space
    },
    preflight(origin) {
      const allowed = origins.preflight(origin)
      if (!allowed) throw new DrawbridgeError('ORIGIN_REFUSED')
      return { status: 204, headers: allowed }
    },
    readable: (answer, origin, space) => ({
      ...answer,
      headers: { ...answer.headers, ...origins.readable(origin, space) },
    }),
  }
}
