import type { Finding } from './source-tree.ts'

/** Prints findings, one a line, and makes the process fail if there are any. */
export function showFindings(check: string, findings: readonly Finding[]): void {
  for (const { path, line, message } of findings)
    console.error(`${line === undefined ? path : `${path}:${line}`}  ${message}  [${check}]`)
  if (findings.length > 0) process.exitCode = 1
}
