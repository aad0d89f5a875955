import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import { readOpendbText } from './read-opendb-text.ts'

const document = { _id: 'uni-id:weixin-mp:wx1:access-token', value: '{"access_token":"t"}', expired: 5 }

describe('reading an export of opendb-open-data', () => {
  it('reads one document a line, as uniCloud exports, and an array alike', () => {
    const line = JSON.stringify(document)
    assert.deepEqual(readOpendbText(`\uFEFF${line}\r\n\r\n${line}\n`), [document, document])
    assert.deepEqual(readOpendbText(JSON.stringify([document], undefined, 2)), [document])
    assert.deepEqual(readOpendbText('  \n'), [])
  })

  it('takes a value that is an object already, and a document without an end', () => {
    const [read] = readOpendbText(JSON.stringify({ _id: 'k', value: { access_token: 't' }, extra: 1 }))
    assert.deepEqual(read, { _id: 'k', value: '{"access_token":"t"}' })
  })

  it('names the line of what is no document', () => {
    const lineOf = (text: string) => {
      try {
        return readOpendbText(text)
      } catch (error) {
        return error instanceof DrawbridgeError ? [error.code, error.detail.line] : error
      }
    }
    assert.deepEqual(lineOf(`${JSON.stringify(document)}\n{oops}`), ['REQUEST_INVALID', 2])
    assert.deepEqual(lineOf('[{"_id":"k","value":"{}"},{"value":1}]'), ['REQUEST_INVALID', 2])
  })
})
