/** The two languages that everything for people is written in. */
export type Language = 'en' | 'zh'

/** The language: what `--lang` says, else DRAWBRIDGE_LANG, LC_ALL, LC_MESSAGES, LANG, the first that is set. */
export function chooseLanguage(asked: string | undefined, env: Readonly<Record<string, string | undefined>>): Language {
  const spoken = [asked, env.DRAWBRIDGE_LANG, env.LC_ALL, env.LC_MESSAGES, env.LANG].find((text) => text?.trim())
  return spoken?.trim().toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

/** A sentence in both languages. */
export interface Sentence {
  readonly en: string
  readonly zh: string
}
