import { format } from 'node:util'
import { normalLocale } from './normal-locale.ts'

type Messages = Readonly<Record<string, string>>
type Values = Readonly<Record<string, unknown>> | readonly unknown[]

/** What `uniCloud.initI18n` gives. */
export interface I18n {
  locale: string
  readonly messages: Record<string, Messages>
  setLocale(locale: string): void
  getLocale(): string
  /** Adds a locale's messages, over those that are there unless told not to. */
  add(locale: string, message: Messages, override?: boolean): void
  /** Fills `{name}` (or `{0}`) in a text. */
  f(text: string, values?: Values): string
  /** The text of a key in the locale, or in the one that is named; the key itself where there is none. */
  t(key: string, locale?: string | Values, values?: Values): string
}

/** `uniCloud.initI18n({locale, fallbackLocale, messages})`. */
export function createI18n({
  locale,
  fallbackLocale = 'en',
  messages = {},
}: {
  readonly locale?: string
  readonly fallbackLocale?: string
  readonly messages?: Readonly<Record<string, Messages>>
}): I18n {
  const texts: Record<string, Messages> = { ...messages }
  const resolved = (name: unknown): string => normalLocale(name, texts) ?? fallbackLocale
  const i18n: I18n = {
    locale: resolved(locale),
    messages: texts,
    setLocale(name) {
      i18n.locale = resolved(name)
    },
    getLocale: () => i18n.locale,
    add(name, message, override = true) {
      texts[name] = override ? { ...texts[name], ...message } : { ...message, ...texts[name] }
    },
    f: fill,
    t(key, second, third) {
      const name = typeof second === 'string' ? resolved(second) : i18n.locale
      const values = typeof second === 'string' ? third : second
      const text = textOf(texts[name], key) ?? textOf(texts[fallbackLocale], key)
      return text === undefined ? key : fill(text, values)
    },
  }
  return i18n
}

function textOf(messages: Messages | undefined, key: string): string | undefined {
  return messages !== undefined && Object.hasOwn(messages, key) ? messages[key] : undefined
}

function fill(text: string, values: Values | undefined = {}): string {
  return text.replace(/\{\s*(\w+)\s*\}/g, (_placeholder, name: string) => {
    const value: unknown = Object.hasOwn(values, name) ? (values as Readonly<Record<string, unknown>>)[name] : undefined
    return value === undefined || value === null ? '' : format(value)
  })
}
