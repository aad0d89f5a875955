import type { MistakeDetail } from '../../config/mistake.ts'
import { isFunctionName } from '../../functions/function-name.ts'

const ROUTE_NAME = /^h:[\w-]{1,64}$/

/** The first name that nothing can have: objects and their methods are guarded by the object's bare name. */
export function findImpossibleName(names: readonly string[]): MistakeDetail | undefined {
  const name = names.find((each) => each !== '*' && !isFunctionName(each) && !ROUTE_NAME.test(each))
  if (name === undefined) return undefined
  const [bare = ''] = name.replace(/^[a-z]:/i, '').split(/[/.]/)
  return { name, ...(isFunctionName(bare) && { suggestion: bare }) }
}
