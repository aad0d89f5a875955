import { clientDbName } from '@drawbridge/protocol'

/** What can be called without a folder: built-in objects, clientDB, and what apps call by themselves. */
export const builtInNames: readonly string[] = [
  'drawbridge-files',
  'uni-id-co',
  'uni-open-bridge',
  'uni-stat-receiver',
  clientDbName('uni-clientDB'),
]
