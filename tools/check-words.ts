import type { Finding, SourceTree } from './source-tree.ts'

/** What belongs to one machine, one day or one author's desk, and not to the project. Letters in brackets: not to find this file. */
const foreign: readonly (readonly [RegExp, string])[] = [
  [/\b(issues?|pull request|pr|fixes|closes) #?\d+\b/i, 'a number that only the tracker of one day understands'],
  [/\(#\d+\)/, 'a number that only the tracker of one day understands'],
  [/(^|[\s"'`(=])\/(work|root|home|Users)\/[\w.]/, 'a path of one machine'],
  [/\/tmp\/bash/, 'a path of one machine'],
  [/registry\.(npmjs|npmmirror|yarnpkg)\.|(deb|security|snapshot)\.debian\.org/i, 'the host of a package registry'],
  [/\b(cl[a]ude|chatg[p]t|anthr[o]pic|copil[o]t)\b/i, 'a tool of the author'],
  [/\b[a]i[ -](session|generated|assistant)/i, 'a tool of the author'],
]

/** Vectors are other people's words, kept as they are. */
const QUOTED = /(^|\/)(test-)?vectors\//

/** Names of trackers, machines and desks stay out of the project's files. */
export function checkWords(tree: SourceTree): readonly Finding[] {
  const written = [...tree.files].filter(([path]) => !QUOTED.test(path))
  return written.flatMap(([path, text]) =>
    text.split('\n').flatMap((line, at) =>
      foreign.flatMap(([pattern, what]) => {
        const hit = pattern.exec(line)
        return hit ? [{ path, line: at + 1, message: `"${hit[0].trim()}": ${what}` }] : []
      }),
    ),
  )
}
