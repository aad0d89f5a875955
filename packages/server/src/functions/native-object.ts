import type { CallFacts, Json } from '@drawbridge/runtime'
import type { Space } from '../spaces/space.ts'

/** A cloud object that is built into the server. A method's name is looked up among its own; it is called with its parameters as they came. */
export interface NativeObject {
  readonly name: string
  readonly methods: Readonly<Record<string, NativeMethod>>
}

/** What it returns is the result, `errCode` included; a DrawbridgeError becomes a gateway error. */
export type NativeMethod = (
  call: { readonly space: Space; readonly facts: CallFacts },
  params: readonly Json[],
) => Promise<Json | undefined>
