import type { LoadFault } from '../wire/worker-frame.ts'
import { thrownMessage } from '../calls/thrown-fault.ts'
import { placeOf } from './place-of.ts'

/** What loading a function threw, with the place; caught by the one who loads. */
export class LoadFailure extends Error {
  override readonly name = 'LoadFailure'
  readonly fault: LoadFault

  constructor(fault: LoadFault, cause?: unknown) {
    super(fault.message, { cause })
    this.fault = fault
  }
}

/** The failure of a function whose file does not export what is called. */
export function exportMissing(name: string, file: string, message: string): LoadFailure {
  return new LoadFailure({ name, file, message })
}

/** The failure of a function whose file threw while it was loaded. */
export function loadFailure(name: string, file: string, thrown: unknown): LoadFailure {
  return new LoadFailure({ name, ...(placeOf(thrown) ?? { file }), message: thrownMessage(thrown) }, thrown)
}
