/** Response headers as wx hands them over. */
export interface ResponseHeaders {
  readonly header: Readonly<Record<string, string>>
  readonly cookies: readonly string[]
}

/** How header names are written. */
export type HeaderCase = 'canonical' | 'lower' | 'as-sent'

/** Folds raw name and value pairs into one object; several values of a name are joined by commas. */
export function foldHeaders(raw: readonly string[], headerCase: string): ResponseHeaders {
  const header: Record<string, string> = {}
  const cookies: string[] = []
  for (let n = 0; n + 1 < raw.length; n += 2) {
    const name = cased(raw[n] ?? '', headerCase)
    const value = raw[n + 1] ?? ''
    if (name.toLowerCase() === 'set-cookie') cookies.push(value)
    const before = header[name]
    header[name] = before === undefined ? value : `${before},${value}`
  }
  return { header, cookies }
}

/** The headers that a mini program's request leaves with: the caller's own, less Referer, in lower case. */
export function requestHeaders(
  given: Readonly<Record<string, unknown>>,
  referer: string,
  defaults: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const headers: Record<string, string> = { ...defaults }
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && value !== null)
      headers[name.toLowerCase()] = typeof value === 'string' ? value : JSON.stringify(value)
  }
  return { ...headers, referer }
}

function cased(name: string, headerCase: string): string {
  if (headerCase === 'as-sent') return name
  const lower = name.toLowerCase()
  return headerCase === 'lower' ? lower : lower.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
}
