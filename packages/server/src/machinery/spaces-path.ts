import { dirname, join } from 'node:path'
import type { ServerConfig } from '../config/server-config.ts'

/** Where documents, facts of files, timer runs and policies are kept. */
export function spacesPath({ store }: Pick<ServerConfig, 'store'>): string {
  return join(dirname(store.sqlitePath), 'spaces.db')
}
