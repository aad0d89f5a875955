import { DrawbridgeError } from '@drawbridge/protocol'

const SPECIAL = /[\\^$.*+?()[\]{}|]/
/** A backslash before a punctuation mark means that mark; before a letter or digit it means a class or worse. */
const ESCAPED = /\\([^\w\s])/g

/**
 * The test of a regular expression that is nothing but text, with `^` before it and `$` after it or not, and the option
 * `i` or none. Throws `UNICLOUD_NOT_SUPPORTED` for every other one: a stranger's expression can keep a server busy
 * for ever.
 */
export function literalPattern(source: string, options: string): (text: string) => boolean {
  const starts = source.startsWith('^')
  const rest = starts ? source.slice(1) : source
  const ends = /(^|[^\\])(\\\\)*\$$/.test(rest)
  const body = ends ? rest.slice(0, -1) : rest
  if ((options !== '' && options !== 'i') || SPECIAL.test(body.replace(ESCAPED, '')))
    throw new DrawbridgeError('UNICLOUD_NOT_SUPPORTED', {
      what: 'regular expressions with more than text, ^ and $',
      instead: 'plain text, or the option i',
    })
  const fold = (text: string): string => (options === 'i' ? text.toLowerCase() : text)
  const wanted = fold(body.replace(ESCAPED, '$1'))
  if (starts && ends) return (text) => fold(text) === wanted
  if (starts) return (text) => fold(text).startsWith(wanted)
  if (ends) return (text) => fold(text).endsWith(wanted)
  return (text) => fold(text).includes(wanted)
}
