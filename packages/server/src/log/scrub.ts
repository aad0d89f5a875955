const MESSAGE_MAX = 300
/** Runs that could be a token, a key or a signature: 16 or more characters of base64, base64url or hex. */
const LONG_RUN = /[A-Za-z0-9+/_=-]{16,}/g
/** Words joined by underscores or hyphens are names (`ERR_INVALID_ARG_VALUE`), not secrets. */
const NAME = /^(?:[A-Z]+(?:_[A-Z0-9]+)+|[a-z]+(?:[_-][a-z]+)+|[a-z]+)$/
/** Parsers quote their input. */
const QUOTED = /"[^"]*"/g

/** A foreign error's message without what could be a secret: parsers quote their input, clients their URLs. */
export function scrub(message: string): string {
  return message
    .slice(0, MESSAGE_MAX)
    .replace(QUOTED, '"…"')
    .replace(LONG_RUN, (run) => (NAME.test(run) ? run : '…'))
}
