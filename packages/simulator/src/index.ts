export { createSimulator } from './simulator.ts'
export type { Simulator, SimulatorOptions } from './simulator.ts'
export { SimulatorError } from './simulator-error.ts'
export type { SimulatorErrorCode } from './simulator-error.ts'
export type { Clock, ClockOptions } from './clock/clock.ts'
export type { CallCount, CallFilter, CallLog, CallRecord } from './calls/call-log.ts'
export type {
  CodeControl,
  Control,
  MemberRef,
  SessionControl,
  TokenControl,
  UserKeyControl,
} from './control/control.ts'
export type { AppState, TokenPairState } from './control/read-state.ts'
export { defaultApps, defaultUsers } from './default-world.ts'
export { endpointTable } from './endpoints/table.ts'
export type { Endpoint } from './endpoints/endpoint.ts'
export type { Failure, FailureBook, FailureInput } from './failures/failure-book.ts'
export type { FailureParams } from './failures/failure.ts'
export { failureTable } from './failures/table.ts'
export type { FailureKind } from './failures/table.ts'
export { defaultLimits } from './limits/limit-table.ts'
export type { LimitName, Limits } from './limits/limit-table.ts'
export type { App, AppDomains, Apps, AppInput, AppType, RiskAnswer } from './state/apps.ts'
export type { OAuthScope } from './state/oauth.ts'
export type { Session } from './state/sessions.ts'
export type { IssuedToken, TokenFamily } from './state/token-registry.ts'
export type { UserKey, UserKeyInput } from './state/user-keys.ts'
export type { User, UserInput, UserRef, Users } from './state/users.ts'
export { defaultSwitches, switchTable } from './switches.ts'
export type { SwitchName, Switches } from './switches.ts'
export { sessionSignature } from './crypto/session-signature.ts'
export type { Phone, PhoneNumberDetail, PhoneOptions } from './phone/phone.ts'
export type { Device } from './phone/member-place.ts'
export type { Files } from './phone/files.ts'
export type { NetworkApis, Wx } from './phone/wx.ts'
export { WxError } from './phone/wx-error.ts'
