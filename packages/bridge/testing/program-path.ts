import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where the PATH has a program; undefined: nowhere. */
export function programPath(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}
