/** A number of a query string, where everything is text; its schema has seen that it is one. */
export function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}
