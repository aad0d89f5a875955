interface Line {
  readonly price: number
  readonly count: number
}

/** What an order costs. TypeScript runs as it is: types are stripped, nothing is built. */
export async function main(event: { readonly lines?: readonly Line[] }): Promise<{ total: number; lines: number }> {
  const lines = event.lines ?? []
  const cents = lines.reduce((sum, { price, count }) => sum + Math.round(price * 100) * count, 0)
  return { total: cents / 100, lines: lines.length }
}
