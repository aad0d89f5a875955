/** The two headers of RFC 9421 §4, taken apart. */
export interface SignatureParts {
  readonly components: readonly string[]
  /** The value of `@signature-params`. */
  readonly signatureParams: string
  readonly params: Readonly<Record<string, unknown>>
  readonly signature: Uint8Array
}
