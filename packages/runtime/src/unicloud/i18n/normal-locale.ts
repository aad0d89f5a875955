/** The locale among those there are that is meant by a client's word for it: `zh-CN` is `zh-Hans`, `en-US` is `en`. */
export function normalLocale(locale: unknown, known: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof locale !== 'string') return undefined
  const name = locale.trim().replace(/_/g, '-')
  if (name === '') return undefined
  if (Object.hasOwn(known, name)) return name
  const lower = name.toLowerCase()
  if (lower === 'chinese') return 'zh-Hans'
  if (lower.startsWith('zh')) return /-(hant|tw|hk|mo|cht)\b/.test(lower) ? 'zh-Hant' : 'zh-Hans'
  return Object.keys(known)
    .sort((a, b) => b.length - a.length)
    .find((each) => lower === each.toLowerCase() || lower.startsWith(`${each.toLowerCase()}-`))
}
