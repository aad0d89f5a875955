import ts from 'typescript'
import { isTest, lineOf, typescriptPaths, visitNodes } from './source-tree.ts'
import type { Finding, SourceTree } from './source-tree.ts'

/** The one place that may skip a test: it says so loudly, and REQUIRE_SERVICES=1 makes it a failure. */
const LOUD_SKIP = /(^|\/)skip-loudly\.ts$/
const RUNNERS = /^(test|it|describe|suite|t|context)$/
const QUIET = /^(skip|only|todo)$/

/** No test is quietly skipped, kept for later, or run alone; each has a name that is a sentence. */
export function checkTests(tree: SourceTree): readonly Finding[] {
  return typescriptPaths(tree)
    .filter((path) => isTest(path) && !LOUD_SKIP.test(path))
    .flatMap((path) => {
      const findings: Finding[] = []
      visitNodes(tree.parsed(path), (node) => {
        const message = faultOf(node)
        if (message !== undefined) findings.push({ path, line: lineOf(node), message })
      })
      return findings
    })
}

function faultOf(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node) && QUIET.test(node.name.text) && RUNNERS.test(node.expression.getText()))
    return `${node.getText()} hides tests: skipLoudly() says so`
  if (!ts.isCallExpression(node) || !RUNNERS.test(node.expression.getText())) return undefined
  for (const argument of node.arguments)
    if (ts.isObjectLiteralExpression(argument))
      for (const { name } of argument.properties)
        if (name && QUIET.test(name.getText())) return `{ ${name.getText()} } hides tests: skipLoudly() says so`
  const title = node.arguments[0]
  if (/^(test|it)$/.test(node.expression.getText()) && title && ts.isStringLiteral(title) && !title.text.includes(' '))
    return `"${title.text}" is no sentence: say what holds`
  return undefined
}
