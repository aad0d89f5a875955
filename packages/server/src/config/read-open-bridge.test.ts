import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createReport } from './mistake.ts'
import { placeWithoutText } from './place.ts'
import { readOpenBridge } from './read-open-bridge.ts'

test('a schedule of a wrong type stops the start, and is told with its path and how to write it', () => {
  for (const schedule of [[], 'accessToken', 7, null, true]) {
    const { report, mistakes } = createReport()
    const place = placeWithoutText('uni-open-bridge/config.json', [], { schedule })
    const { schedule: tasks } = readOpenBridge(place, { apps: [], dcloudAppids: [] }, report, { production: false })
    assert.deepEqual(tasks, [])
    assert.deepEqual(
      mistakes.map(({ code, severity, path }) => [code, severity, path]),
      [['SCHEDULE_WRONG', 'error', 'schedule']],
    )
    assert.match(mistakes[0]?.remedyEn ?? '', /"tasks": \["accessToken"\]/)
  }
})
