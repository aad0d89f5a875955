import { builtInDeps } from '../built-in-deps.ts'
import { createUniId } from './create-uni-id.ts'

const exported = createUniId((method, params) => builtInDeps().ask('uniId', method, params))

/** What `require('uni-id-common')` gives. */
export const { createInstance } = exported

export default exported
export { exported as 'module.exports' }
