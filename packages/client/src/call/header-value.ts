/** The value of a header's field, whose name may be written in any case. @param name in lower case */
export function headerValue(header: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const actual = Object.keys(header).find((each) => each.toLowerCase() === name)
  return actual === undefined ? undefined : String(header[actual])
}
