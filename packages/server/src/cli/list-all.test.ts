import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Bridge, CredentialSummary } from '@drawbridge/bridge'
import { listAll } from './list-all.ts'

function summary(storageKey: string, appid: string): CredentialSummary {
  const rest = { platform: 'weixin-mp', kind: 'access_token', source: 'platform' } as const
  return { ...rest, storageKey, appid, obtainedAt: 0, expiresAt: null, revision: 1 }
}

/** Two records a page, of which a page shows only those that are credentials. */
const pages: Readonly<Record<string, readonly CredentialSummary[]>> = {
  '': [summary('b', 'wx1')],
  b: [summary('c', 'wx2'), summary('d', 'wx1'), summary('d', 'wx1')],
  d: [],
}
const bridge: Pick<Bridge, 'list'> = { list: ({ after = '' }) => Promise.resolve(pages[after] ?? []) }

describe('listing everything', () => {
  it('goes on after a page that is shorter than was asked for', async () => {
    const all = await listAll(bridge)
    assert.deepEqual(
      all.map(({ storageKey }) => storageKey),
      ['b', 'c', 'd', 'd'],
    )
  })

  it('shows only the app that was asked for', async () => {
    assert.equal((await listAll(bridge, { appid: 'wx1' })).length, 3)
  })
})
