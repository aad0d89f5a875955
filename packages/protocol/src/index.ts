export { DrawbridgeError } from './drawbridge-error.ts'
export type { ErrorDetail } from './drawbridge-error.ts'
export { errorTable } from './error-table.ts'
export type { ErrorCode, ErrorRow } from './error-table.ts'
