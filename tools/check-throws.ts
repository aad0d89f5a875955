import ts from 'typescript'
import { errorTable } from '@drawbridge/protocol'
import { isPackageSource, lineOf, typescriptPaths, visitNodes } from './source-tree.ts'
import type { Finding, SourceTree } from './source-tree.ts'

const OUR_ERROR = 'DrawbridgeError'

/** The typed errors that are thrown besides: where, and which. The first one is the one to use there. */
const typedErrors: readonly (readonly [folder: string, errors: readonly string[]])[] = [
  // Imports nothing of ours; a Refusal is the platform's own errcode, a WxError what its client library answers.
  ['packages/simulator/src/', ['SimulatorError', 'Refusal', 'WxError']],
  // What callers of the reference's module catch and compare.
  ['packages/bridge/src/open-bridge/', [OUR_ERROR, 'BridgeError']],
  ['packages/server/src/http/routes/uni-open-bridge-routes.ts', [OUR_ERROR, 'BridgeError']],
  // Beside functions, in the workers: what users of the reference's modules catch, and what loading a file ends with.
  ['packages/runtime/src/modules/uni-open-bridge-common/', [OUR_ERROR, 'BridgeError']],
  ['packages/runtime/src/loader/', [OUR_ERROR, 'LoadFailure', 'Parsed']],
  // What peers that speak uni-cloud-s2s expect on the wire.
  ['packages/runtime/src/modules/s2s/', [OUR_ERROR, 'S2sError']],
]
const BARE_ERROR = /^(Error|TypeError|RangeError|SyntaxError|AggregateError)$/

/** Sources say what goes wrong by the one typed error with a code of the table, and never by a bare one; nothing is `any`. */
export function checkThrows(tree: SourceTree): readonly Finding[] {
  return typescriptPaths(tree)
    .filter(isPackageSource)
    .flatMap((path) => {
      const findings: Finding[] = []
      const errors = typedErrors.find(([folder]) => path.startsWith(folder))?.[1] ?? [OUR_ERROR]
      visitNodes(tree.parsed(path), (node) => {
        const message = faultOf(node, errors)
        if (message !== undefined) findings.push({ path, line: lineOf(node), message })
      })
      return findings
    })
}

function faultOf(node: ts.Node, errors: readonly string[]): string | undefined {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return 'any: say what it is, or unknown and a check'
  if (ts.isThrowStatement(node)) return throwFault(node.expression, errors)
  if (!ts.isNewExpression(node) || !ts.isIdentifier(node.expression)) return undefined
  if (BARE_ERROR.test(node.expression.text)) return `new ${node.expression.text}: make it a ${errors[0]}`
  if (node.expression.text !== OUR_ERROR) return undefined
  const code = node.arguments?.[0]
  if (code && ts.isStringLiteral(code) && !(code.text in errorTable)) return `the error table has no ${code.text}`
  return undefined
}

function throwFault(thrown: ts.Expression, errors: readonly string[]): string | undefined {
  if (ts.isConditionalExpression(thrown))
    return throwFault(thrown.whenTrue, errors) ?? throwFault(thrown.whenFalse, errors)
  if (ts.isNewExpression(thrown) && ts.isIdentifier(thrown.expression)) {
    const name = thrown.expression.text
    return errors.includes(name) || BARE_ERROR.test(name) ? undefined : `throw new ${name}: throw a ${errors[0]}`
  }
  // What a name or a call holds is held to be an Error by the linter; here it was caught, translated, or a signal's reason.
  const isReason = ts.isPropertyAccessExpression(thrown) && thrown.name.text === 'reason'
  return isReason || ts.isIdentifier(thrown) || ts.isCallExpression(thrown)
    ? undefined
    : `throw a ${errors[0]}, or what was caught`
}
