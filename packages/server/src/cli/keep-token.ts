import { parseScope } from '../callers/scope.ts'
import type { Replica } from './machinery.ts'

const DAY_MS = 86_400_000
const TOKEN_LIFE_MS = 365 * DAY_MS

/** The token of the last start while it is good for another day, else a new one; it has every right. */
export async function keepToken(
  { tokens }: Pick<Replica, 'tokens'>,
  { name, before, now }: { readonly name: string; readonly before: string | undefined; readonly now: number },
): Promise<string> {
  const caller = before === undefined ? undefined : await tokens.find(before)
  const record = (await tokens.list()).find(({ id }) => caller?.id === `token:${id}`)
  if (before !== undefined && record && record.expiresAt - now > DAY_MS) return before
  const { token } = await tokens.create({
    name,
    scopes: [parseScope('*:*:*')],
    expiresAt: now + TOKEN_LIFE_MS,
    createdBy: name,
  })
  return token
}
