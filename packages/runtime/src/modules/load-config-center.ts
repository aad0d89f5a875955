import { createRequire } from 'node:module'
import type { CreateConfig } from './config-center/create-config-center.ts'

/** The uni-config-center that the project's functions get: its own copy, or the built-in one. */
export function loadConfigCenter(): CreateConfig {
  return createRequire(import.meta.url)('uni-config-center') as CreateConfig
}
