import type { RefreshReason } from '../bridge.ts'

/** Whether somebody wants another value although one is stored: a caller who found it dead, or an operator. */
export function isByHand(reason: RefreshReason | undefined): boolean {
  return reason === 'reported' || reason === 'asked' || reason === 'forced'
}

/** Whether an operator's own hand asks: a pause after failures does not stop it. */
export function isByOperator(reason: RefreshReason): boolean {
  return reason === 'asked' || reason === 'forced'
}
