import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { withReadmeTables } from './readme-tables-fixture.ts'
import type { ReadmeLanguage } from './readme-tables-fixture.ts'

const files: readonly (readonly [string, ReadmeLanguage])[] = [
  ['README.md', 'en'],
  ['README.zh-CN.md', 'zh'],
]

for (const [name, language] of files) {
  test(`the tables of ${name} are those of the code (WRITE_README=1 writes them)`, () => {
    const file = new URL(`../${name}`, import.meta.url)
    const written = withReadmeTables(readFileSync(file, 'utf8'), language)
    if (process.env['WRITE_README'] === '1') writeFileSync(file, written)
    assert.equal(readFileSync(file, 'utf8'), written)
    assert.equal(written.match(/<!-- \/(endpoints|switches|failures|control|limits) -->/g)?.length, 5)
  })
}
