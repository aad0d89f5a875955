import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isFolder } from './is-folder.ts'

/**
 * The `uni-config-center` folder that a path means: the folder itself, or the one inside a uniCloud project
 * (`uniCloud-aliyun/cloudfunctions/common/…`) or inside its cloudfunctions. undefined: none there.
 */
export function findUniConfigCenter(path: string): string | undefined {
  if (!isFolder(path)) return undefined
  if (basename(path) === 'uni-config-center' || isFolder(join(path, 'uni-id'))) return path
  const spaces = readdirSync(path).filter((name) => name === 'uniCloud' || name.startsWith('uniCloud-'))
  const candidates = [
    join(path, 'uni-config-center'),
    join(path, 'common', 'uni-config-center'),
    join(path, 'cloudfunctions', 'common', 'uni-config-center'),
    ...spaces.sort().map((space) => join(path, space, 'cloudfunctions', 'common', 'uni-config-center')),
  ]
  return candidates.find(isFolder)
}
