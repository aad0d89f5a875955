import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { findCloudProject } from './find-cloud-project.ts'

describe('finding a uniCloud project', () => {
  let root = ''
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'drawbridge-project-'))))
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  function make(...parts: string[]): string {
    const folder = join(root, ...parts)
    mkdirSync(folder, { recursive: true })
    return folder
  }

  const layouts: readonly [folder: string, provider: string][] = [
    ['uniCloud', 'aliyun'],
    ['uniCloud-aliyun', 'aliyun'],
    ['uniCloud-tcb', 'tencent'],
    ['uniCloud-alipay', 'alipay'],
    ['uniCloud-dcloud', 'dcloud'],
  ]
  for (const [name, provider] of layouts) {
    it(`knows ${name} by the project, by itself and by its cloudfunctions, and whose space it was`, () => {
      const functionsFolder = make(name, 'cloudfunctions')
      const expected = { root, functionsFolder, provider, dcloudAppid: undefined }
      assert.deepEqual(findCloudProject(root), expected)
      assert.deepEqual(findCloudProject(join(root, name)), expected)
      assert.deepEqual(findCloudProject(functionsFolder), expected)
    })
  }

  it('knows a project of the command line, with its sources in src, and its app by a manifest with comments', () => {
    const functionsFolder = make('src', 'uniCloud-aliyun', 'cloudfunctions')
    writeFileSync(join(root, 'src', 'manifest.json'), '{ // the app\n  "name": "x", "appid": "__UNI__ABC123", }')
    assert.deepEqual(findCloudProject(root), {
      root,
      functionsFolder,
      provider: 'aliyun',
      dcloudAppid: '__UNI__ABC123',
    })
  })

  it('finds nothing where there is nothing', () => {
    make('uniCloud-aliyun', 'database')
    assert.equal(findCloudProject(root), undefined)
    assert.equal(findCloudProject(join(root, 'nowhere')), undefined)
  })
})
