import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { openSqlite } from '@drawbridge/bridge'
import type { SqlDatabase } from '@drawbridge/bridge'
import { createConfigPolicies, secureNetworkOff } from '../config-policies.ts'
import { createPolicyStore } from './create-policy-store.ts'
import type { PolicyEvent, PolicyStore } from './create-policy-store.ts'
import { openPolicyStore } from './open-policy-store.ts'
import { createPolicyRows } from './policy-rows.ts'
import type { PolicyTables } from './policy-tables.ts'
import type { FunctionPolicy } from './with-function-policies.ts'

const NOW = 1_800_000_000_000
const by = { caller: 'token:1', address: '192.0.2.1', requestId: 'r1' }
const base = createConfigPolicies({ ...secureNetworkOff, mode: 'monitor', rules: { pay: [{ appId: 'A' }] } })

interface Replica {
  readonly store: PolicyStore
  readonly events: PolicyEvent[]
  /** Lets it look once for what others have changed. */
  readonly look: () => Promise<void>
}

function world(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-policy-'))
  const path = join(folder, 'spaces.db')
  const open: (() => Promise<void>)[] = []
  context.after(async () => {
    for (const close of open.reverse()) await close()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    path,
    database(): SqlDatabase<PolicyTables> {
      const database = openSqlite<PolicyTables>({ path, durability: 'normal' })
      open.push(() => database.close())
      return database
    },
    async replica(beside: () => readonly FunctionPolicy[] = () => []): Promise<Replica> {
      const events: PolicyEvent[] = []
      let wake = (): void => undefined
      let asleep = Promise.withResolvers<undefined>()
      const store = await openPolicyStore({
        path,
        spaceIds: ['shop', 'other'],
        base,
        besideFunctions: beside,
        now: () => NOW,
        sleep: (_ms, signal) => {
          asleep.resolve(undefined)
          return new Promise((resolve) => {
            wake = resolve
            signal.addEventListener('abort', () => resolve())
          })
        },
        onEvent: (event) => void events.push(event),
      })
      store.start()
      open.push(() => store.close())
      const look = async (): Promise<void> => {
        await asleep.promise
        asleep = Promise.withResolvers<undefined>()
        wake()
        await asleep.promise
      }
      return { store, events, look }
    },
  }
}

test('the configuration holds until a policy is changed, and again after a reset', async (context) => {
  const { store } = await world(context).replica()
  const { mode, rules, origin, revision } = store.show('shop')
  assert.deepEqual([mode, rules, origin, revision], ['monitor', { pay: [{ appId: 'A' }] }, 'configuration', 0])
  const changed = await store.change('shop', { mode: 'enforce' }, by)
  assert.deepEqual([changed.origin, changed.revision, changed.changedBy], ['stored', 1, 'token:1'])
  assert.deepEqual(changed.rules, { pay: [{ appId: 'A' }] }, 'a part is changed and the rest stays')
  assert.equal(store.current('shop').mode, 'enforce')
  assert.equal(store.current('other').mode, 'monitor', 'another space is another policy')
  const reset = await store.change('shop', 'reset', by)
  assert.deepEqual([reset.mode, reset.origin, reset.revision], ['monitor', 'configuration', 2])
})

test('a change is seen by another replica when it looks, which it does every second', async (context) => {
  const { replica } = world(context)
  const [one, two] = [await replica(), await replica()]
  const before = two.store.current('shop')
  await one.store.change('shop', { mode: 'enforce', rules: { pay: [] } }, by)
  await two.look()
  const after = two.store.current('shop')
  assert.deepEqual([after.mode, after.rules], ['enforce', { pay: [] }])
  assert.ok(after.revision > before.revision)
  assert.deepEqual(two.events, [
    { type: 'policy-changed', spaceId: 'shop', revision: 1, mode: 'enforce', changedBy: 'token:1' },
  ])
})

test('of two changes decided on the same revision one is refused and leaves no trace', async (context) => {
  const { replica } = world(context)
  const [one, two] = [await replica(), await replica()]
  const race = await Promise.allSettled([
    one.store.change('shop', { mode: 'enforce' }, by, 0),
    two.store.change('shop', { mode: 'off' }, by, 0),
  ])
  const lost = race.filter((outcome) => outcome.status === 'rejected')
  assert.equal(lost.length, 1)
  assert.equal((lost[0]?.reason as { code: string }).code, 'POLICY_CHANGED')
  const changes = await one.store.changes('shop', 10)
  assert.deepEqual(
    changes.map(({ revision }) => revision),
    [1],
  )
})

test('changes of different parts at the same time are both kept', async (context) => {
  const { replica } = world(context)
  const [one, two] = [await replica(), await replica()]
  await Promise.all([
    one.store.change('shop', { mode: 'enforce' }, by),
    two.store.change('shop', { guards: 'all' }, by),
  ])
  await one.store.refresh()
  const { mode, guards, revision } = one.store.show('shop')
  assert.deepEqual([mode, guards, revision], ['enforce', 'all', 2])
})

test('who changed what, when and from where is kept with the change itself', async (context) => {
  const { store } = await world(context).replica()
  await store.change('shop', { mode: 'enforce', guards: 'all', rules: {} }, by)
  await store.change('shop', 'reset', { ...by, caller: 'cli:root' })
  const content = { mode: 'enforce', guards: 'all', rules: {} }
  assert.deepEqual(await store.changes('shop', 10), [
    { ...by, caller: 'cli:root', revision: 2, at: NOW },
    { ...by, revision: 1, at: NOW, content },
  ])
})

test('the policy beside a function holds with the very call after its code is new', async (context) => {
  let beside: readonly FunctionPolicy[] = []
  const { store } = await world(context).replica(() => beside)
  const before = store.current('shop')
  assert.equal(store.current('shop'), before, 'unchanged it is the same object')
  beside = [{ name: 'pay', policy: [{ secretType: 'both' }] }]
  const after = store.current('shop')
  assert.deepEqual(after.rules['pay'], [{ appId: 'A', secretType: 'both' }])
  assert.ok(after.revision > before.revision)
  beside = [{ name: 'refund', policy: beside[0]?.policy ?? [] }]
  assert.deepEqual(Object.keys(store.current('shop').rules), ['pay', 'refund'])
  assert.deepEqual(store.show('shop').rules, { pay: [{ appId: 'A' }] }, 'the operator’s own rules are told apart')
})

test('a policy that cannot be read any more leaves the last good one in force', async (context) => {
  const { replica, database } = world(context)
  const one = await replica()
  await one.store.change('shop', { mode: 'enforce' }, by)
  const kept = database()
  await kept.write((transaction) =>
    transaction.updateTable('client_policies').set({ content: '{"mode":"enf', revision: 2 }).execute(),
  )
  await one.look()
  assert.equal(one.store.current('shop').mode, 'enforce')
  assert.deepEqual(one.events.at(-1), { type: 'policy-unreadable', spaceId: 'shop' })
})

test('where there never was a good policy every call is refused, until rules are set or reset', async (context) => {
  const { replica, database } = world(context)
  await (await replica()).store.change('shop', { mode: 'enforce' }, by)
  const kept = database()
  await kept.write((transaction) => transaction.updateTable('client_policies').set({ content: '[]' }).execute())
  const late = await replica()
  assert.throws(() => late.store.current('shop'), { code: 'POLICY_UNREADABLE' })
  assert.equal(late.store.current('other').mode, 'monitor')
  await assert.rejects(late.store.change('shop', { mode: 'monitor' }, by), { code: 'POLICY_UNREADABLE' })
  assert.equal((await late.store.change('shop', 'reset', by)).mode, 'monitor')
})

test('a database that is gone for a while changes nothing, is told once, and is read when it is back', async (context) => {
  const { replica, database } = world(context)
  const one = await replica()
  const rows = createPolicyRows(database())
  let isGone = false
  const events: PolicyEvent[] = []
  let looks = 0
  const waits: (() => void)[] = []
  const store = createPolicyStore({
    rows: {
      ...rows,
      readAll: () => (isGone ? Promise.reject(new Error('gone')) : rows.readAll()),
    },
    dataVersion: () => (looks += 1),
    spaceIds: ['shop'],
    base,
    besideFunctions: () => [],
    now: () => NOW,
    sleep: (_ms, signal) =>
      new Promise((resolve) => {
        waits.push(resolve)
        signal.addEventListener('abort', () => resolve())
      }),
    onEvent: (event) => void events.push(event),
  })
  assert.throws(() => store.current('shop'), { code: 'POLICY_UNREADABLE' }, 'before anything was read')
  await store.refresh()
  store.start()
  const look = async (): Promise<void> => {
    const count = waits.length
    waits.at(-1)?.()
    while (waits.length === count) await new Promise((resolve) => setImmediate(resolve))
  }
  isGone = true
  await one.store.change('shop', { mode: 'enforce' }, by)
  await look()
  await look()
  assert.equal(store.current('shop').mode, 'monitor')
  assert.deepEqual(
    events.map(({ type }) => type),
    ['policy-unreadable'],
  )
  isGone = false
  await look()
  assert.equal(store.current('shop').mode, 'enforce')
  await store.close()
})

test('a space that nobody configured has no policy', async (context) => {
  const { store } = await world(context).replica()
  assert.throws(() => store.current('nowhere'), { code: 'SPACE_UNKNOWN' })
  assert.throws(() => store.show('constructor'), { code: 'SPACE_UNKNOWN' })
  await assert.rejects(store.change('nowhere', 'reset', by), { code: 'SPACE_UNKNOWN' })
})

test('a preview tells what an edit would make and changes nothing', async (context) => {
  const { store } = await world(context).replica(() => [{ name: 'pay', policy: [{ fresh: true }] }])
  const seen = store.preview('shop', { rules: { 'pay, refund': [{ appId: 'B' }] } })
  assert.deepEqual(seen.rules['pay'], [{ appId: 'B', fresh: true }])
  assert.deepEqual(store.show('shop').rules, { pay: [{ appId: 'A' }] })
})
