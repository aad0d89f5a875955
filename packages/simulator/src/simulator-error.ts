/** What went wrong in the use of the simulator itself (never what the simulated platform answers). */
export type SimulatorErrorCode =
  | 'APP_UNKNOWN'
  | 'APP_INVALID'
  | 'USER_UNKNOWN'
  | 'USER_INVALID'
  | 'FAILURE_UNKNOWN'
  | 'FAILURE_INVALID'
  | 'SWITCH_UNKNOWN'
  | 'SWITCH_INVALID'
  | 'CONTROL_INPUT_INVALID'
  | 'CONTROL_ROUTE_UNKNOWN'
  | 'CONTROL_REFUSED'
  | 'CALLBACK_UNCONFIGURED'
  | 'CALLBACK_MESSAGE_INVALID'
  | 'CRYPTO_FAILED'
  | 'PORT_TAKEN'
  | 'ALREADY_LISTENING'
  | 'CLOCK_INVALID'
  | 'ARGUMENT_INVALID'

/** Thrown for wrong use of the simulator: an unknown app, a switch that does not exist, a port that is taken. */
export class SimulatorError extends Error {
  override readonly name = 'SimulatorError'
  readonly code: SimulatorErrorCode

  constructor(code: SimulatorErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
