import { ENVELOPE_CONTENT_TYPE } from '@drawbridge/protocol'

/** Whether a content type, with or without parameters, is that of an envelope in its binary form. */
export function isEnvelopeType(contentType: string | undefined): boolean {
  return (
    contentType === ENVELOPE_CONTENT_TYPE ||
    contentType?.split(';', 1)[0]?.trim().toLowerCase() === ENVELOPE_CONTENT_TYPE
  )
}
