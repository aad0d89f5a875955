import { builtInDeps } from '../built-in-deps.ts'
import { createOpenBridgeModule } from './create-open-bridge-module.ts'

/** What `require('uni-open-bridge-common')` gives. */
const exported = createOpenBridgeModule((method, params) => builtInDeps().ask('openBridge', method, params))

/** The same for those who import single names. */
export const {
  getAccessToken,
  setAccessToken,
  removeAccessToken,
  getUserAccessToken,
  setUserAccessToken,
  removeUserAccessToken,
  getSessionKey,
  setSessionKey,
  removeSessionKey,
  getEncryptKey,
  setEncryptKey,
  removeEncryptKey,
  getTicket,
  setTicket,
  removeTicket,
  updateAccessToken,
  updateEncryptKey,
  updateTicket,
  ProviderType,
  PlatformType,
  ErrorCodeType,
} = exported

export default exported
export { exported as 'module.exports' }
