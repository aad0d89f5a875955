import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { createScript, decrypt, encrypt, handshaken, requestText } from '../flows/stock-secure-message.ts'
import { APP_ID, WX_APPID, openStockSecureWorld, refusalOf, toldBy } from '../flows/stock-secure-world.ts'
import { openMeddler } from './meddler.ts'

const guard = { pay: [{ appId: APP_ID }] }
const rejected = refusalOf(70004)

test('legacy 2: a captured call is refused when it comes again', async (t) => {
  const world = await openStockSecureWorld(t, { rules: guard })
  const { code, key } = await handshaken(world)
  const script = createScript(world, key, { mpWeixinCode: code })
  const content = encrypt(key, requestText({ amount: 1 }))
  const signature = encrypt(key, requestText({}))
  const calls = [script.args(content, { secretType: 'request' }), script.signed({ amount: 10 }, signature)]
  for (const args of calls)
    assert.equal((toldBy(await script.call('pay', args)) as { errCode?: unknown }).errCode, undefined)
  const again = [
    ...calls,
    // The same bytes in other words, in another mode, in the other place.
    script.args(content.replace(/=+$/, '')),
    script.args(` ${content}`),
    script.args(content),
    script.signed({ amount: 2 }, content),
    script.args(signature, { secretType: 'request' }),
  ]
  for (const args of again) assert.deepEqual(toldBy(await script.call('pay', args)), rejected, JSON.stringify(args))
  world.advance(61_000)
  assert.deepEqual(toldBy(await script.call('pay', calls[0])), refusalOf(70001))
  world.simulator.control.clock.set(Date.now())
  await world.restart()
  const other = createScript(world, key, { mpWeixinCode: code })
  assert.deepEqual(toldBy(await other.call('pay', calls[0])), refusalOf(70001), 'a server that began later')
})

test('legacy 3: a ciphertext serves another function only when it is held up, or at once from the same address', async (t) => {
  const world = await openStockSecureWorld(t, {}, { trustedProxies: ['127.0.0.1/32'] })
  const { code, key } = await handshaken(world)
  const script = createScript(world, key, { mpWeixinCode: code })
  const held = script.args(encrypt(key, requestText({ amount: 1 })), { secretType: 'request' })
  // Made for pay, and pay never saw it.
  assert.deepEqual(await script.call('refund', held), { content: { refunded: 1 } })
  const captured = script.args(encrypt(key, requestText({ amount: 2 })), { secretType: 'request' })
  assert.deepEqual(await script.call('pay', captured), { content: { paid: 2 } })
  const meddler = await openMeddler(t, world.endpoint)
  meddler.pose('203.0.113.9')
  const elsewhere = createScript({ ...world, endpoint: meddler.url }, key, { mpWeixinCode: code })
  assert.deepEqual(toldBy(await elsewhere.call('refund', captured)), rejected)
  await wait(1_100)
  assert.deepEqual(toldBy(await script.call('refund', captured)), rejected)
})

test('legacy 4: secretType can be changed on the way, and meets no rule that asks for one', async (t) => {
  const world = await openStockSecureWorld(t, { rules: { refund: [{ appId: APP_ID, secretType: 'both' }] } })
  const { code, key } = await handshaken(world)
  const script = createScript(world, key, { mpWeixinCode: code })
  const meant = script.args(encrypt(key, requestText({ amount: 4 })), { secretType: 'request' })
  assert.deepEqual(await script.call('pay', meant), { content: { paid: 4 } })
  for (const secretType of ['both', 'request', 'response', 'none', 'constructor']) {
    const args = script.args(encrypt(key, requestText({ amount: 4 })), { secretType })
    assert.deepEqual(toldBy(await script.call('refund', args)), rejected, secretType)
  }
})

test('legacy 7: what the server has encrypted is no request and no signature', async (t) => {
  const world = await openStockSecureWorld(t, { rules: guard })
  const { code, key } = await handshaken(world)
  const script = createScript(world, key, { mpWeixinCode: code })
  const back = JSON.parse(requestText({ amount: 9 })) as object
  const emitted = await script.call('mirror', script.args(encrypt(key, requestText({ back }))))
  const { content } = emitted as { readonly content: string }
  // It is a request in all but the white space before it.
  assert.deepEqual(JSON.parse(decrypt(key, content)), back)
  for (const args of [script.args(content), script.signed({ amount: 9 }, content)])
    assert.deepEqual(toldBy(await script.call('pay', args)), rejected)
  const own = encrypt(key, decrypt(key, content).trimStart())
  assert.equal((toldBy(await script.call('pay', script.args(own))) as { errCode?: unknown }).errCode, undefined)
})

test('legacy 8: flipped bits are refused, and trying is cut short', async (t) => {
  const world = await openStockSecureWorld(t)
  const { code, key } = await handshaken(world)
  const script = createScript(world, key, { mpWeixinCode: code })
  const good = Buffer.from(encrypt(key, requestText({ amount: '0001.00', memo: 'x'.repeat(64) })), 'base64')
  for (let n = 0; n < 20; n++) {
    const flipped = Buffer.from(good)
    const at = Math.floor((n * good.length) / 20)
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (n % 8))
    assert.deepEqual(toldBy(await script.call('pay', script.args(flipped.toString('base64')))), rejected, String(at))
  }
  const limited = toldBy(await script.call('pay', script.args(good.toString('base64'))))
  assert.deepEqual(limited, { errSubject: 'drawbridge', errCode: 80406 })
  world.advance(60_000)
  const later = encrypt(key, requestText({ amount: 1 }, { timestamp: world.now() }))
  assert.equal((toldBy(await script.call('pay', script.args(later))) as { errCode?: unknown }).errCode, undefined)
})

test('legacy 9: spliced blocks are refused', async (t) => {
  const world = await openStockSecureWorld(t)
  const { code, key } = await handshaken(world)
  const script = createScript(world, key, { mpWeixinCode: code })
  const message = (role: string): Buffer =>
    Buffer.from(encrypt(key, requestText({ role, memo: 'y'.repeat(80) })), 'base64')
  const [guest, admin] = [message('guest'), message('admin')]
  for (let cut = 16; cut <= 16 * 15; cut += 16) {
    const spliced = Buffer.concat([guest.subarray(0, cut), admin.subarray(guest.length > cut + 32 ? cut + 16 : cut)])
    assert.deepEqual(toldBy(await script.call('echo', script.args(spliced.toString('base64')))), rejected, String(cut))
  }
})

test('legacy 10: a victim’s openid gets nobody anything', async (t) => {
  for (const legacyOpenid of [false, true]) {
    const world = await openStockSecureWorld(t, { rules: guard, legacyOpenid })
    await handshaken(world, 'victim')
    const { code, key } = await handshaken(world, 'attacker')
    const asVictim = createScript(world, key, { mpWeixinOpenid: world.openid('victim') })
    const forged = asVictim.args(encrypt(key, requestText({ amount: 1 })))
    const both = legacyOpenid ? rejected : refusalOf(70006)
    assert.deepEqual(toldBy(await asVictim.call('echo', forged)), both)
    assert.deepEqual(toldBy(await asVictim.call('pay', forged)), refusalOf(70006))
    const response = asVictim.args({ amount: 1 }, { secretType: 'response' })
    assert.deepEqual(toldBy(await asVictim.call('pay', response)), refusalOf(70008))
    const emitted = await asVictim.call('mirror', asVictim.args({ back: 'bait' }, { secretType: 'response' }))
    // Where the operator believes openids, anybody obtains text under the victim's key, and can do nothing with it.
    if (legacyOpenid) assert.equal(typeof (emitted as { content?: unknown }).content, 'string')
    else assert.deepEqual(toldBy(emitted), refusalOf(70006))
    // A code and another's openid: the code is who he is.
    const mixed = createScript(world, key, { mpWeixinCode: code, mpWeixinOpenid: world.openid('victim') })
    const own = mixed.args(encrypt(key, requestText({ amount: 1 })))
    assert.equal((toldBy(await mixed.call('pay', own)) as { errCode?: unknown }).errCode, undefined)
  }
})

test('legacy 11: every way to be wrong is one answer', async (t) => {
  const world = await openStockSecureWorld(t)
  const { code, key } = await handshaken(world)
  const script = createScript(world, key, { mpWeixinCode: code })
  const good = requestText({ amount: 1 })
  const { wxAppId: _gone, ...fewer } = JSON.parse(good) as Readonly<Record<string, unknown>>
  const otherKey = { ...key, encryptKey: randomBytes(16).toString('base64') }
  const badPadding = Buffer.from(encrypt(key, good), 'base64')
  badPadding.writeUInt8(badPadding.readUInt8(badPadding.length - 17) ^ 0x40, badPadding.length - 17)
  const contents = {
    'no base64': '!'.repeat(200),
    'half a block': encrypt(key, good).slice(0, -12),
    'bad padding': badPadding.toString('base64'),
    'no JSON': encrypt(key, 'x'.repeat(good.length)),
    'half of a JSON': encrypt(key, good.slice(0, -1)),
    'a missing field': encrypt(key, JSON.stringify(fewer)),
    'a field too many': encrypt(key, JSON.stringify({ ...JSON.parse(good), admin: true })),
    'a field of another type': encrypt(key, requestText({}, { timestamp: 'now' })),
    'data that is no JSON': encrypt(key, requestText({}, { data: '{' })),
    'data that is no object': encrypt(key, requestText({}, { data: '[]' })),
    'a prototype': encrypt(key, requestText({}, { data: '{"__proto__":{"a":1}}' })),
    'white space before': encrypt(key, ` ${good}`),
    'another key': encrypt(otherKey, good),
    'random blocks': randomBytes(96).toString('base64'),
  }
  const answers = new Set<string>()
  for (const content of Object.values(contents))
    answers.add(JSON.stringify(await script.call('pay', script.args(content))))
  assert.equal(answers.size, 1, [...answers].join('\n'))
  assert.deepEqual(toldBy(JSON.parse([...answers][0] ?? 'null')), rejected)
})

test('arguments that are not the client’s own are refused before anybody is looked up', async (t) => {
  const world = await openStockSecureWorld(t, { rules: guard })
  const { code, key } = await handshaken(world)
  const asked = world.keysAsked()
  const script = createScript(world, key, { mpWeixinCode: code })
  const content = encrypt(key, requestText({ amount: 1 }))
  const rows = [
    { ...script.args(content), amount: 5 },
    script.args(content, { admin: true }),
    script.args(content, { verifyClientSign: content }),
    script.args(content, { encryptKeyId: String(key.version) }),
    script.args(content, { encryptKeyId: -1 }),
    script.args(content, { encryptKeyId: 2 ** 33 }),
    script.args(content, { mpWeixinCode: { $ne: '' } }),
    script.args(content, { mpWeixinCode: 'x'.repeat(129) }),
    script.args({ amount: 1 }),
    script.args([content]),
    script.args(content, { secretType: 'response' }),
    script.signed({ amount: 1 }, ''),
    script.signed({ amount: 1 }, content, { secretType: 'none' }),
    { content, _uniCloudOptions: [] },
    { content, _uniCloudOptions: null },
  ]
  for (const args of rows) assert.deepEqual(toldBy(await script.call('pay', args)), rejected, JSON.stringify(args))
  assert.equal(world.keysAsked(), asked)
  assert.equal(world.simulator.control.calls.count({ path: '/sns/jscode2session', appid: WX_APPID }), 1)
})
