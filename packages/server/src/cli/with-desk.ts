import { DrawbridgeError } from '@drawbridge/protocol'
import type { SecureNetworkDesk } from '../secure-network/verdicts/open-desk.ts'
import type { CommandContext, CommandOption } from './command.ts'

/** The option that says which space is meant. */
export const spaceOption: CommandOption = {
  value: 'spaceId',
  en: 'The space; may be left out when there is one.',
  zh: '服务空间，仅一个时可省略。',
}

/** Opens policies and verdicts of the configured spaces, gives them to the work, and closes them whatever happens. */
export async function withDesk<Result>(
  { machinery, config }: Pick<CommandContext, 'machinery' | 'config'>,
  work: (desk: SecureNetworkDesk) => Promise<Result>,
): Promise<Result> {
  if (!machinery.openDesk) throw new DrawbridgeError('SYSTEM_ERROR', { missing: 'secure network' })
  const desk = await machinery.openDesk(config())
  try {
    return await work(desk)
  } finally {
    await desk.close()
  }
}

/** The space that is named, or the only one. Throws `SPACE_UNKNOWN`, and `REQUEST_INVALID` where one must be named. */
export function chooseSpaceId({ option }: Pick<CommandContext, 'option'>, { spaces }: SecureNetworkDesk): string {
  const named = option('space')
  const ids = spaces.map(({ spaceId }) => spaceId)
  const found = named === undefined ? ids : ids.filter((each) => each === named)
  const [only] = found
  if (only !== undefined && found.length === 1) return only
  if (named === undefined && ids.length > 1)
    throw new DrawbridgeError('REQUEST_INVALID', { field: '--space', expected: `one of: ${ids.join(', ')}` })
  throw new DrawbridgeError('SPACE_UNKNOWN', { choose: ids.join(', ') })
}
