/** The longest frame either side takes, bytes: results and parameters come to a little less. A longer one ends the worker. */
export const FRAME_MAX_BYTES = 8 * 1024 * 1024

/** The longest head the server takes of a worker, bytes; the text of a `log` is in the head. */
export const HEAD_MAX_BYTES = 64 * 1024

/** What fits into a frame. */
export const frameLimits = {
  maxBytes: FRAME_MAX_BYTES,
  headMaxBytes: HEAD_MAX_BYTES,
  /** Fits beside any head. */
  payloadMaxBytes: FRAME_MAX_BYTES - HEAD_MAX_BYTES,
} as const
