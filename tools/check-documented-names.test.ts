import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkDocumentedNames } from './check-documented-names.ts'
import { messagesOf } from './messages-of.ts'

test('a variable, metric, table, path or code that no page tells of is found', () => {
  const files = {
    'packages/server/src/config/read-environment.ts':
      "  DRAWBRIDGE_NEW_THING: 'x',\n'DRAWBRIDGE_LANG', startsWith('DRAWBRIDGE_')",
    'packages/server/src/metrics/create-metrics.ts': "name: 'drawbridge_reads_total',",
    'packages/server/src/http/routes/admin-routes.ts': "path: '/v1/tokens',\npath: '/v1/tokens/{id}',",
    'packages/bridge/src/store/tables.ts': "createTable('leases')",
    'packages/protocol/src/errors/secure-network-rows.ts': 'A: row(\n    20000,\n 400),\nB: row(70005, 403),',
    'docs/guide/secure-network.md': 'The code 70005.\n| 20000, 70004 | yes | 70005 |',
    'docs/guide/secure-network.zh-CN.md': '| 20000、70005 | 是 |',
    'docs/guide/configuration.md': 'DRAWBRIDGE_LANG',
    'docs/guide/configuration.zh-CN.md': 'DRAWBRIDGE_LANG DRAWBRIDGE_NEW_THING',
    'docs/guide/operations.md': 'drawbridge_reads_total',
    'docs/guide/operations.zh-CN.md': 'drawbridge_reads',
    'docs/reference/http.md': '/v1/tokens',
  }
  assert.deepEqual(messagesOf(checkDocumentedNames, files), [
    'docs/guide/configuration.md does not tell of the variable DRAWBRIDGE_NEW_THING',
    'docs/guide/operations.zh-CN.md does not tell of the metric drawbridge_reads_total',
    'docs/storage.md does not tell of the table leases',
    'docs/reference/http.md does not tell of the path /v1/tokens/{id}',
    'docs/guide/secure-network.md does not tell of the code 70005',
  ])
})
