import { builtInDeps } from '../built-in-deps.ts'
import { createConfigCenter } from './create-config-center.ts'
import type { CreateConfig } from './create-config-center.ts'

/** What `require('uni-config-center')` gives. */
const createConfig: CreateConfig = createConfigCenter(() => builtInDeps().modules.get('uni-config-center'))

export default createConfig
export { createConfig, createConfig as 'module.exports' }
