/** What one document, query or change may be, at most. */
export const documentLimits = Object.freeze({
  /** As JSON in UTF-8. */
  documentBytes: 1024 * 1024,
  /** Of all that one query answers: less than a frame to a worker may hold. */
  resultBytes: 6 * 1024 * 1024,
  /** Objects and arrays within each other, in documents, queries and changes. */
  depth: 64,
  /** Documents that one query looks at. */
  scanned: 100_000,
  /** Documents that one query answers, and that one insert takes. */
  limit: 1_000,
  limitWhenLeftOut: 100,
  idChars: 512,
  fieldChars: 256,
  /** Conditions within one query; the values of one `$in` count as one. */
  conditions: 100,
  /** Values of one `$in` or `$nin`. */
  listedValues: 5_000,
  sortFields: 16,
  /** How far beyond the end of an array a change may set an element. */
  arrayGap: 1_000,
})
