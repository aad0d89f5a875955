import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { App } from '../credential.ts'
import type { Lease, Leases } from '../lease/leases.ts'
import { createMemoryStore } from '../store/memory-store.ts'
import type { CredentialRecord } from '../store/record.ts'
import { createTieredStore } from '../store/tiered-store.ts'
import { createRefreshNotes } from './refresh-notes.ts'
import { createRefresher } from './refresher.ts'
import type { RefreshPlan } from './refresher.ts'

const KEY = 'uni-id:weixin-h5:wx1:access-token'
const app: App = { platform: 'weixin-h5', appid: 'wx1', secret: 's', dcloudAppid: '*', tokenEndpoint: 'legacy' }

/** One replica's refresher on a store of its own; `isHeld` is asked of each lease in turn. */
function refresherUnderTest({ isHeld = () => true }: { readonly isHeld?: (lease: number) => boolean } = {}) {
  let time = 1_800_000_000_000
  let leased = 0
  const now = (): number => time
  const parts = { now, monotonic: now, sleep: () => Promise.resolve(), onEvent: () => undefined }
  const store = createTieredStore({ durable: createMemoryStore({ now }), ...parts })
  const leases: Leases = {
    name: 'test',
    acquire(): Promise<Lease> {
      leased += 1
      const mine = leased
      return Promise.resolve({ endsAt: time, isHeld: () => isHeld(mine), release: () => Promise.resolve() })
    },
    close: () => Promise.resolve(),
  }
  const notes = createRefreshNotes(store)
  const refresher = createRefresher({
    store,
    leases,
    notes,
    replica: 'test',
    leaseMs: 1_000,
    waitMostMs: 2_000,
    random: () => 0,
    ...parts,
  })
  const record = (token: string, revision: number): CredentialRecord => ({
    value: { access_token: token },
    revision,
    obtainedAt: time,
    expiresAt: time + 300_000,
    source: 'platform',
  })
  let asked = 0
  const plan = (obtain: () => Promise<string>, mintsOnCall = true): RefreshPlan => ({
    key: { kind: 'access_token', app },
    storageKey: KEY,
    reason: 'ahead',
    durability: 'cache',
    mintsOnCall,
    satisfied: (shared) => (shared?.revision ?? 0) > 1,
    wantsForce: () => false,
    async obtain() {
      asked += 1
      return record(await obtain(), 0)
    },
  })
  return {
    refresher,
    plan,
    keep: (token: string, revision: number) => store.write(KEY, record(token, revision), { durability: 'durable' }),
    leased: () => leased,
    asked: () => asked,
    pass: (ms: number) => void (time += ms),
  }
}

const lost = (): Promise<never> => Promise.reject(new DrawbridgeError('UPSTREAM_ANSWER_INVALID', { path: '/x' }))

test('a lease that has ended before the platform was asked is taken again, and the caller gets his value', async () => {
  const { refresher, plan, leased, asked } = refresherUnderTest({ isHeld: (lease) => lease > 2 })
  const { value } = await refresher.refresh(plan(() => Promise.resolve('new')))
  assert.deepEqual(value, { access_token: 'new' })
  assert.deepEqual([leased(), asked()], [3, 1])
})

test('a call that fails is no failure for callers where another replica has obtained the value meanwhile', async () => {
  const { refresher, plan, keep } = refresherUnderTest()
  await keep('old', 1)
  const refreshed = await refresher.refresh(
    plan(async () => {
      await keep('of another', 2)
      return lost()
    }),
  )
  assert.deepEqual(refreshed.value, { access_token: 'of another' })
  assert.equal(refresher.isPaused(KEY), false)
})

test('where each call makes a new value, one whose answer was lost is not repeated before the old one’s end', async () => {
  const { refresher, plan, keep, asked, pass } = refresherUnderTest()
  await keep('old', 1)
  await assert.rejects(refresher.refresh(plan(lost)), { code: 'UPSTREAM_ANSWER_INVALID' })
  pass(299_999)
  await assert.rejects(refresher.refresh(plan(lost)), { code: 'UPSTREAM_ANSWER_INVALID' })
  assert.equal(asked(), 1)
  pass(1)
  assert.deepEqual((await refresher.refresh(plan(() => Promise.resolve('new')))).value, { access_token: 'new' })
})

test('where a call makes nothing new, a lost answer is asked for once more at once', async () => {
  const { refresher, plan, keep, asked } = refresherUnderTest()
  await keep('old', 1)
  await assert.rejects(refresher.refresh(plan(lost, false)), { code: 'UPSTREAM_ANSWER_INVALID' })
  assert.equal(asked(), 2)
})
