import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { createApps } from '@drawbridge/bridge'
import type { Bridge } from '@drawbridge/bridge'
import type { Audit } from '../audit/create-audit.ts'
import { createCallers } from '../callers/create-callers.ts'
import type { BearerTokens } from '../callers/tokens/bearer-tokens.ts'
import { createMetrics } from '../metrics/create-metrics.ts'
import { openapiDocument } from './openapi-document.ts'
import { routeTable } from './routes/table.ts'

interface Operation {
  readonly operationId: string
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[]
  readonly responses: Readonly<Record<string, unknown>>
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

/** The document of the real rows; nothing behind them is asked for it. */
function realDocument(): Document {
  const never = (): never => assert.fail('asked')
  const bridge: Bridge = {
    apps: createApps([]),
    peek: never,
    get: never,
    set: never,
    remove: never,
    reportInvalid: never,
    refresh: never,
    list: never,
    lastRefresh: never,
    runSchedule: never,
    start: never,
    health: never,
    close: never,
  }
  const tokens: BearerTokens = { create: never, list: never, revoke: never, find: never, close: never }
  const audit: Audit = { record: never, query: never, state: { queued: 0, dropped: 0 }, close: never }
  const config = { production: false, callers: { allowList: [], signing: [] } }
  const now = (): number => 0
  const routes = routeTable({
    config,
    bridge,
    callers: createCallers({ config: config.callers, tokens, now }),
    audit,
    metrics: createMetrics({ now, processMetrics: false }),
    now,
    isStopping: () => false,
  })
  return JSON.parse(JSON.stringify(openapiDocument(routes))) as Document
}

test('the document is valid OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone({ ...realDocument() }))
  assert.equal(valid, true, JSON.stringify(errors))
})

test('every operation has a name of its own, the parameters of its path, and an answer for failures', () => {
  const ids = new Set<string>()
  let count = 0
  for (const [path, operations] of Object.entries(realDocument().paths)) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    for (const { operationId, parameters, responses } of Object.values(operations)) {
      count++
      ids.add(operationId)
      const inPath = parameters.filter((each) => each.in === 'path')
      assert.deepEqual(inPath.map(({ name }) => name).toSorted(), named.toSorted(), operationId)
      assert.ok(inPath.every(({ required }) => required))
      assert.ok('default' in responses, operationId)
    }
  }
  assert.equal(ids.size, count)
})

test('what a query must hold and what it may hold is told apart', () => {
  const { parameters } = realDocument().paths['/v1/credentials']?.['get'] ?? assert.fail()
  assert.deepEqual(
    parameters.map(({ name, required }) => [name, required]),
    [
      ['platform', false],
      ['appid', false],
      ['after', false],
      ['limit', false],
    ],
  )
})
