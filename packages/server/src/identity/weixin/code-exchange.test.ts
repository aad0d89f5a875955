import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import { createCodeExchange } from './code-exchange.ts'
import type { CodeExchange } from './code-exchange.ts'

const CODE = 'c'.repeat(32)
const refused = { code: 'LOGIN_REFUSED', detail: { errCode: 'uni-id-get-third-party-account-failed' } }

/** An exchange and a WeChat that refuses every code with `errcode`, or lets it in. */
function open(limits: { perAddress?: number; perApp?: number } = {}) {
  let at = 0
  const seen: string[] = []
  const exchange: CodeExchange = createCodeExchange({
    refusedCodesPerMinute: limits.perAddress ?? 5,
    weixinCallsPerMinute: limits.perApp ?? 1_000,
    now: () => at,
  })
  const bring = (code: string | undefined, from: string, errcode?: number): Promise<string> =>
    exchange.exchange({ appid: 'wx1', code, from }, async (good) => {
      seen.push(good)
      await Promise.resolve()
      if (errcode !== undefined) throw new DrawbridgeError('UPSTREAM_FAILED', { path: '/sns', errcode })
      return good
    })
  return { bring, seen, advance: (ms: number) => void (at += ms) }
}

test('what cannot be a code is refused without a call', async () => {
  const { bring, seen } = open()
  await assert.rejects(bring(undefined, '192.0.2.1'), refused)
  assert.deepEqual(seen, [])
})

test('a code that WeChat refused is not asked for again, by nobody', async () => {
  const { bring, seen, advance } = open()
  for (const errcode of [40029, 40163, 40226]) {
    const code = `${CODE}${errcode}`
    await assert.rejects(bring(code, '192.0.2.1', errcode), refused)
    await assert.rejects(bring(code, '192.0.2.9'), refused)
  }
  assert.equal(seen.length, 3)
  advance(10 * 60_000 + 1)
  assert.equal(await bring(`${CODE}40029`, '192.0.2.1'), `${CODE}40029`)
})

test('a code that WeChat had no time for may be brought again', async () => {
  const { bring } = open({ perAddress: 1 })
  for (const errcode of [-1, 45011]) await assert.rejects(bring(CODE, '192.0.2.1', errcode), refused)
  assert.equal(await bring(CODE, '192.0.2.1'), CODE)
})

test('an address that brings refused codes is refused itself for the rest of the minute; others are not', async () => {
  const { bring, seen, advance } = open()
  for (let each = 0; each < 5; each++) await assert.rejects(bring(`${CODE}${each}`, '192.0.2.1', 40029), refused)
  await assert.rejects(bring(`${CODE}x`, '192.0.2.1'), { code: 'RATE_LIMITED' })
  assert.equal(await bring(`${CODE}y`, '192.0.2.2'), `${CODE}y`)
  assert.equal(seen.length, 6)
  advance(60_000)
  assert.equal(await bring(`${CODE}x`, '192.0.2.1'), `${CODE}x`)
})

test('good codes cost an address nothing, and codes under way count', async () => {
  const { bring, seen } = open()
  for (let each = 0; each < 20; each++) await bring(`${CODE}${each}`, '192.0.2.1')
  const many = Array.from({ length: 20 }, (_, each) => bring(`${CODE}many${each}`, '192.0.2.1', 40029))
  const outcomes = await Promise.allSettled(many)
  assert.equal(outcomes.filter(({ status }) => status === 'rejected').length, 20)
  assert.equal(seen.length, 25)
})

test('a stranger with a whole IPv6 network is one stranger', async () => {
  const { bring } = open()
  for (let each = 0; each < 5; each++)
    await assert.rejects(bring(`${CODE}${each}`, `2001:db8::${each}`, 40029), refused)
  await assert.rejects(bring(`${CODE}x`, '2001:db8::abcd'), { code: 'RATE_LIMITED' })
  await bring(`${CODE}x`, '2001:db8:0:1::1')
})

test('an app has so many calls a minute whatever the addresses', async () => {
  const { bring, seen } = open({ perApp: 3 })
  for (let each = 0; each < 3; each++) await bring(`${CODE}${each}`, `192.0.2.${each}`)
  await assert.rejects(bring(`${CODE}x`, '192.0.2.9'), { code: 'RATE_LIMITED' })
  assert.equal(seen.length, 3)
})

test('who brings the same code at the same time shares one call', async () => {
  const { bring, seen } = open()
  assert.deepEqual(await Promise.all([bring(CODE, '192.0.2.1'), bring(CODE, '192.0.2.2')]), [CODE, CODE])
  assert.equal(seen.length, 1)
})
