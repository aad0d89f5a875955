import { posix } from 'node:path'
import type { Finding, SourceTree } from './source-tree.ts'

const CHINESE = /\.zh-CN\.md$/
/** Pages that must stand in both languages. */
const TRANSLATED = /^(README|docs\/guide\/[^/]+)\.md$/

/** Documents stand in both languages with one structure, their links lead somewhere, and the changelog is open. */
export function checkDocuments(tree: SourceTree): readonly Finding[] {
  const pages = [...tree.files.keys()].filter((path) => path.endsWith('.md'))
  const findings = pages.flatMap((path) => deadLinks(tree, path))
  for (const path of pages) {
    if (CHINESE.test(path)) findings.push(...translationFaults(tree, path))
    else if (TRANSLATED.test(path) && !tree.files.has(path.replace(/\.md$/, '.zh-CN.md')))
      findings.push({ path, message: 'has no Chinese page beside it' })
  }
  if (!/^## Unreleased$/m.test(tree.files.get('CHANGELOG.md') ?? ''))
    findings.push({ path: 'CHANGELOG.md', message: 'has no "## Unreleased"' })
  return findings
}

function translationFaults(tree: SourceTree, path: string): readonly Finding[] {
  const english = tree.files.get(path.replace(CHINESE, '.md'))
  const chinese = tree.files.get(path) ?? ''
  if (english === undefined) return [{ path, message: 'has no English page beside it' }]
  const findings: Finding[] = []
  if (headingLevels(english) !== headingLevels(chinese))
    findings.push({
      path,
      message: `headings differ: ${headingLevels(english)} in English, ${headingLevels(chinese)} here`,
    })
  if (commands(english) !== commands(chinese))
    findings.push({ path, message: 'the commands to copy differ from the English page' })
  return findings
}

/** `1 2 2 3`: the levels of the headings in order. */
function headingLevels(page: string): string {
  return withoutBlocks(page)
    .split('\n')
    .flatMap((line) => /^(#+) /.exec(line)?.[1]?.length ?? [])
    .join(' ')
}

/** The shell blocks, less their comments: what a reader copies must be the same in every language. */
function commands(page: string): string {
  return [...page.matchAll(/^```(?:sh|bash)\n(.*?)^```/gms)]
    .flatMap(([, block]) => (block ?? '').split('\n'))
    .map((line) => line.replace(/\s*#.*$/, ''))
    .filter((line) => line !== '')
    .join('\n')
}

function deadLinks(tree: SourceTree, path: string): Finding[] {
  const folders = new Set([...tree.files.keys()].flatMap(ancestors))
  return [...withoutBlocks(tree.files.get(path) ?? '').matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g)].flatMap(
    ([, link = '']) => {
      if (/^[a-z]+:/.test(link)) return []
      const target = posix.join(posix.dirname(path), link).replace(/\/$/, '')
      return tree.files.has(target) || folders.has(target)
        ? []
        : [{ path, message: `the link to ${link} leads nowhere` }]
    },
  )
}

function ancestors(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'))
}

function withoutBlocks(page: string): string {
  return page.replace(/^```.*?^```/gms, '')
}
