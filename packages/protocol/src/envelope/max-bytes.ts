/** A header, on the wire. */
export const HEADER_MAX_BYTES = 2048
/** A body in one piece, unless the caller says less; a mini program's default is 256 KiB. */
export const BODY_MAX_BYTES = 1024 * 1024
/** A body in chunks, in all. */
export const STREAM_MAX_BYTES = 16 * 1024 * 1024
/** The clear bytes of every chunk but the last. */
export const CHUNK_BYTES = 64 * 1024
/** The tag behind every sealed piece. */
export const TAG_BYTES = 16
