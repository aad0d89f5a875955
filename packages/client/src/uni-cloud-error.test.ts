import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UniCloudError } from './uni-cloud-error.ts'

test('an error tells of itself as uniCloud’s does', () => {
  const cause = new UniCloudError({ errCode: 1, errMsg: 'inner' })
  const error = new UniCloudError({ errCode: 'x', errMsg: 'outer', errSubject: 's', cause })
  assert.ok(error instanceof Error)
  assert.deepEqual(error.toJson(), {
    errCode: 'x',
    errMsg: 'outer',
    errSubject: 's',
    cause: { errCode: 1, errMsg: 'inner', errSubject: undefined, cause: undefined },
  })
})
