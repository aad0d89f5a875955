import { DrawbridgeError } from '@drawbridge/protocol'

type Translate = (bodyMaxBytes: number | undefined) => DrawbridgeError

/** The framework's own refusals in our codes. */
const translations: Readonly<Record<string, Translate>> = Object.assign(
  Object.create(null) as Record<string, Translate>,
  {
    FST_ERR_CTP_BODY_TOO_LARGE: (limit: number | undefined) =>
      new DrawbridgeError('BODY_TOO_LARGE', { limit: limit ?? null }),
    FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => invalid('content-length', 'not the length of the body'),
    FST_ERR_CTP_INVALID_MEDIA_TYPE: () => invalid('content-type', 'not a media type'),
    // The client went away in the middle of its body; nobody reads the answer, and it is no fault of ours.
    ECONNRESET: () => invalid('body', 'the connection ended before the body did'),
    FST_ERR_BAD_URL: () => invalid('path', 'not percent-encoded UTF-8'),
    FST_ERR_MAX_PARAM_LENGTH: () => invalid('path', 'a part is too long'),
  },
)

/** What the framework says, in the words of our table; what it does not know stays as it is (and becomes a SYSTEM_ERROR). */
export function translateFrameworkError(error: unknown, bodyMaxBytes?: number): unknown {
  if (!(error instanceof Error) || error instanceof DrawbridgeError) return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return translations[code]?.(bodyMaxBytes) ?? error
}

function invalid(field: string, reason: string): DrawbridgeError {
  return new DrawbridgeError('REQUEST_INVALID', { field, reason })
}
