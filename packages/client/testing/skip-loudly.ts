import type { TestContext } from 'node:test'

/** Skips a test whose data or engine is not on this machine, and says so where nobody overlooks it. */
export function skipLoudly(test: TestContext, missing: string): void {
  const message = `${missing} is not there: "${test.name}" was not run`
  console.warn(`!! ${message}`)
  test.skip(message)
}
