import type { TestContext } from 'node:test'

/**
 * Skips a test whose service is not there, and says so where nobody overlooks it. With `REQUIRE_SERVICES=1` the test
 * fails instead.
 */
export function skipLoudly(test: TestContext, service: string): void {
  const message = `${service} is not there: "${test.name}" was not run`
  if (process.env['REQUIRE_SERVICES'] === '1') throw new Error(message)
  process.stderr.write(`!! ${message}\n`)
  test.skip(message)
}
