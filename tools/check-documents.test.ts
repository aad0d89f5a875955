import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkDocuments } from './check-documents.ts'
import { messagesOf } from './messages-of.ts'

const good = {
  'CHANGELOG.md': '# Changelog\n\n## Unreleased\n',
  'README.md':
    '# A\n\n## Start\n\n```sh\nnpm ci # install\n# not a heading\n```\n\n[guide](docs/guide/start.md#first)\n',
  'README.zh-CN.md': '# 甲\n\n## 开始\n\n```sh\nnpm ci # 安装\n```\n\n[指南](docs/guide/)\n',
  'docs/guide/start.md': '# Start\n\n[home](../../README.md) [out](https://example.com/x)\n',
  'docs/guide/start.zh-CN.md': '# 开始\n',
}

const say = (change: Readonly<Record<string, string>>): readonly string[] =>
  messagesOf(checkDocuments, { ...good, ...change })

test('pages of one structure in both languages pass', () => {
  assert.deepEqual(say({}), [])
})

test('a heading that the other language lacks is found', () => {
  assert.deepEqual(say({ 'README.zh-CN.md': '# 甲\n\n```sh\nnpm ci\n```\n' }), [
    'README.zh-CN.md headings differ: 1 2 in English, 1 here',
  ])
})

test('a command that differs from the English page is found', () => {
  assert.deepEqual(say({ 'README.zh-CN.md': good['README.zh-CN.md'].replace('npm ci', 'npm i') }), [
    'README.zh-CN.md the commands to copy differ from the English page',
  ])
})

test('a guide page in one language only is found, from either side', () => {
  assert.deepEqual(say({ 'docs/guide/new.md': '# New' }), ['docs/guide/new.md has no Chinese page beside it'])
  assert.deepEqual(say({ 'docs/guide/new.zh-CN.md': '# 新' }), [
    'docs/guide/new.zh-CN.md has no English page beside it',
  ])
})

test('a link that leads nowhere is found', () => {
  assert.deepEqual(say({ 'docs/a.md': '# A\n[b](b.md)' }), ['docs/a.md the link to b.md leads nowhere'])
})

test('a changelog without a place for the next change is found', () => {
  assert.deepEqual(say({ 'CHANGELOG.md': '# Changelog\n' }), ['CHANGELOG.md has no "## Unreleased"'])
})
