import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { World } from '../world.ts'
import { NOW, pay, policyProject as project, refused } from './policy-project-fixture.ts'

test('a policy is shown, switched, and reset, and who did it is told', async (context) => {
  const { run } = project(context)
  const shown = await run('policy show')
  assert.deepEqual([shown.code, shown.err], [0, ''], shown.err)
  assert.match(
    shown.out,
    /^shop: monitor, guards what rules name \(revision 0, as configured\)\n {2}pay\n {4}#1 appId=__UNI__A\n$/,
  )
  const set = await run('policy set-mode enforce --guards all --json')
  assert.deepEqual([set.code, (set.json()['policy'] as { mode: string }).mode], [0, 'enforce'])
  assert.match(
    (await run('policy show')).out,
    /enforce, guards every function \(revision 1, changed while running, cli:ann/,
  )
  assert.equal((await run('policy set-mode off --revision 0')).code, 1)
  assert.match((await run('policy reset')).out, /monitor.*revision 2, as configured/)
  assert.match(
    (await run('policy show --history')).out,
    /^2 .*cli:ann.*back to the configuration\n1 .*cli:ann.*enforce, all/,
  )
  assert.equal((await run('policy set-mode on')).code, 2)
})

test('rules are imported whole or not at all, each mistake with its line, and exported again', async (context) => {
  const { run } = project(context, {
    'rules.json': '{\n  // clients\n  "pay, uni-clientDB": [{"appId": "__UNI__A", "minLevel": 2}]\n}',
    'wrong.json': '{\n  "pay": [{"appId": 1}],\n  "a,,b": []\n}',
  })
  const wrong = await run('policy import wrong.json')
  assert.deepEqual([wrong.code, wrong.out], [1, ''])
  assert.match(wrong.err, /error wrong\.json:2:\d+ {2}pay\[0\]\.appId/)
  assert.match((await run('policy show')).out, /revision 0/)
  const imported = await run('policy import rules.json')
  assert.deepEqual([imported.code, imported.err], [0, ''])
  const exported = await run('policy export')
  assert.deepEqual(JSON.parse(exported.out), { 'pay, DCloud-clientDB': [{ appId: '__UNI__A', minLevel: 2 }] })
  const console_ = await run('policy export --dcloud-console')
  assert.deepEqual(JSON.parse(console_.out), { 'pay, uni-clientDB': [{ appId: '__UNI__A' }] })
  assert.match(console_.err, /pay, DCloud-clientDB/)
})

const unread: readonly (readonly [file: string, content: string | Buffer | undefined, exit: number, said: RegExp])[] = [
  ['nowhere.json', undefined, 4, /^error nowhere\.json\n {2}There is no such file\.\n {2}→ Check the path\.\n$/],
  ['rules.json/rules.json', undefined, 4, /There is no such file/],
  ['gbk.json', Buffer.from([0x7b, 0xc4, 0xe3, 0x7d]), 1, /^error gbk\.json\n {2}The file is not encoded as UTF-8\./],
  ['cut.json', '{\n  "pay": [{"appId": "__UN', 1, /^error cut\.json:2:21\n {2}The file ends before its JSON does/],
  ['cut.json', '{\n  "pay": [{"appId": "A"}\n', 1, /^error cut\.json:3:1\n {2}The file ends before its JSON does/],
  ['cut.json', '{\n  "pay": [] /* and', 1, /^error cut\.json:2:13\n {2}The file ends before its JSON does/],
  ['cut.json', '', 1, /^error cut\.json:1:1\n {2}The file ends before its JSON does/],
  ['slip.json', '{\n  "pay": [}\n}', 1, /^error slip\.json:2:11\n {2}From here on the text is not valid JSON\.\n.+\n$/],
  ['slip.json', '{\n  "pay": "a\n}', 1, /^error slip\.json:2:10\n {2}From here on the text is not valid JSON\.\n.+\n$/],
]
for (const [file, content, exit, said] of unread)
  for (const command of ['policy import', 'policy dry-run'])
    test(`${command} says in words for people what is wrong with ${JSON.stringify(content?.toString() ?? file)}`, async (context) => {
      const { run } = project(context, { 'rules.json': '{}', ...(content !== undefined && { [file]: content }) })
      const failed = await run(`${command} ${file}`)
      assert.deepEqual([failed.code, failed.out], [exit, ''])
      assert.match(failed.err, said)
      assert.doesNotMatch(failed.err, /ENO|Expected|Invalid|Unexpected/)
      const { mistakes } = (await run(`${command} ${file} --json`)).json() as { mistakes: readonly object[] }
      assert.equal(mistakes.length, 1)
    })

test('each line of a rule file that slips is told, once', async (context) => {
  const { run } = project(context, { 'slips.json': '{\n  \'pay\': [],\n  "b" []\n}' })
  const { err } = await run('policy import slips.json')
  assert.deepEqual(
    [...err.matchAll(/slips\.json:(\d+)/g)].map(([, line]) => line),
    ['2', '3'],
  )
})

test('an import tells which rules do nothing, and takes them', async (context) => {
  const { run } = project(context, {
    'rules.json': '{\n  "payy": [{"appId": "__UNI__B"}],\n  "uni-id-co": [{"platform": "mp-weixin", "fresh": true}]\n}',
    'wrong.json': '{"pay/add": [{}]}',
  })
  const imported = await run('policy import rules.json')
  assert.equal(imported.code, 0)
  assert.match(imported.err, /No function or route is named payy.* Did you mean "pay"\?/)
  assert.match(imported.err, /warning rules\.json:2:\d+ {2}payy\[0\]\.appId/)
  assert.match(imported.err, /warning rules\.json:3:\d+ {2}uni-id-co\[0\]/)
  const warnings = (await run('policy import rules.json --json')).json()['warnings'] as readonly { code: string }[]
  assert.deepEqual(
    warnings.map(({ code }) => code),
    ['SECURE_RULE_APP_UNKNOWN', 'RULE_NEVER_MET', 'RULE_NAMES_NOTHING'],
  )
  const wrong = await run('policy import wrong.json')
  assert.equal(wrong.code, 1)
  assert.match(wrong.err, /Did you mean "pay"\?/)
  assert.match((await run('policy export')).out, /payy/)
})

const people: readonly (readonly [shown: string, who: Pick<World, 'env' | 'user'>])[] = [
  ['cli:ann', { env: { USER: 'ann' }, user: 'root' }],
  ['cli:root', { env: { USER: '' }, user: 'root' }],
  ['cli', { env: {} }],
]
for (const [shown, who] of people)
  test(`a change is by ${shown} where the shell says ${who.env['USER'] ?? 'nothing'} and the machine ${who.user ?? 'nothing'}`, async (context) => {
    const { run } = project(context)
    const set = await run('policy set-mode off --json', undefined, who)
    assert.equal((set.json()['policy'] as { changedBy: string }).changedBy, shown)
  })

test('who has several spaces and names none is told which there are', async (context) => {
  const spaces = ['shop', 'club'].map((spaceId) => ({ spaceId, clientSecret: 'plain-for-tests' }))
  const { run } = project(context, { 'drawbridge.config.json': JSON.stringify({ dataDir: 'data', spaces }) })
  const shown = await run('policy show')
  assert.equal(shown.code, 2)
  assert.match(shown.err, /--space\n.*one of: shop, club/)
  assert.match((await run('policy show --space nowhere')).err, /SPACE_UNKNOWN/)
  assert.equal((await run('policy show --space club')).code, 0)
})

test('a policy beside a function is shown with the rules, and exported when asked for', async (context) => {
  const beside = JSON.stringify({ drawbridge: { policy: [{ secretType: 'both' }] } })
  const { run } = project(context, { [`${pay}/package.json`]: beside })
  const joined = { pay: [{ appId: '__UNI__A', secretType: 'both' }] }
  assert.match((await run('policy show')).out, /beside the functions:\n {2}pay\n {4}#1 appId=__UNI__A secretType=both/)
  assert.deepEqual(JSON.parse((await run('policy export --effective')).out), joined)
})

const unreadable: readonly (readonly [files: Readonly<Record<string, string>>, why: RegExp])[] = [
  [
    { [`${pay}/package.json`]: '{\n  "drawbridge": {\n    "policy": [{"platform": "weixin-mp"}]\n  }\n}' },
    /pay\/package\.json:3 drawbridge\.policy\[0\]\.platform: No client is on the platform "weixin-mp"\./,
  ],
  [
    { [`${pay}/index.js`]: 'exports.main = async () => 1\nexports.drawbridgePolicy = make()\n' },
    /pay\/index\.js:2 drawbridgePolicy: It is more than literals/,
  ],
  [{ [`${pay}/index.js`]: 'exports.drawbridgePolicy = [\n' }, /its code cannot be parsed/],
]
for (const [files, why] of unreadable)
  test(`a policy that cannot be read is shown as such, and why: ${String(why)}`, async (context) => {
    const { run } = project(context, files)
    const { out } = await run('policy show')
    assert.match(out, /beside the functions:\n {2}pay\n {4}nobody, since its own policy cannot be read: /)
    assert.match(out, why)
  })

test('a policy that is well written and admits nobody is not taken for one that cannot be read', async (context) => {
  const beside = JSON.stringify({ drawbridge: { policy: [] } })
  const { run } = project(context, { [`${pay}/package.json`]: beside })
  assert.match((await run('policy show')).out, /beside the functions:\n {2}pay\n {4}nobody\n$/)
})

test('a switched mode tells what of the policy is without effect in it', async (context) => {
  const beside = JSON.stringify({ drawbridge: { policy: [{}] } })
  const { run } = project(context, { [`${pay}/package.json`]: beside })
  assert.match((await run('policy set-mode off')).err, /pay declares a policy, and the mode is off/)
  assert.equal((await run('policy set-mode enforce')).err, '')
  assert.match((await run('policy reset')).err, /the mode is monitor/)
})

test('verdicts are shown with what to do, and filtered', async (context) => {
  const { run, record } = project(context)
  assert.equal((await run('verdicts')).out, 'Nothing was refused.\n')
  await record([{}, {}, { target: 'f:refund', code: 'OS_NAME_MISSING', at: NOW - 7_200_000 }])
  const shown = await run('verdicts')
  assert.deepEqual([shown.code, shown.err], [0, ''])
  assert.match(shown.out, /would-refuse ×2 {2}shop\/f:pay {2}ENVELOPE_REQUIRED {2}the call came plain \(rule pay\)/)
  assert.match(shown.out, /appId=__UNI__A.* {2}r1\n/)
  assert.match(shown.out, /\nENVELOPE_REQUIRED → .+\n/)
  const targets = async (options: string) => {
    const items = (await run(`verdicts --json ${options}`)).json()['items'] as readonly {
      target: string
      remedy: { en: string }
    }[]
    assert.ok(items.every(({ remedy }) => remedy.en.length > 0))
    return items.map(({ target }) => target)
  }
  assert.deepEqual(await targets('--since 1h'), ['f:pay'])
  assert.deepEqual(await targets('--function refund'), ['f:refund'])
  assert.deepEqual(await targets('--code OS_NAME_MISSING --space shop --limit 5'), ['f:refund'])
  assert.deepEqual(await targets('--outcome refused'), [])
  assert.equal((await run('verdicts --limit 0')).code, 2)
  const wrong = await run('verdicts --since soon')
  assert.deepEqual([wrong.code, wrong.out], [2, ''])
  assert.match(wrong.err, /^--since takes how long ago: .+ such as 30m, 2h or 7d\.\n/)
  assert.equal(((await run('verdicts --since 0 --json')).json()['error'] as { code: string }).code, 'USAGE')
})

test('verdicts that come while they are followed are shown, each once', async (context) => {
  const { run, record } = project(context)
  await record([{}])
  const stop = Promise.withResolvers<undefined>()
  const followed = run('verdicts -f', () => stop.promise)
  await record([{ target: 'f:later' }])
  stop.resolve(undefined)
  const { out } = await followed
  assert.deepEqual([out.split('shop/f:pay').length, out.split('shop/f:later').length], [2, 2])
})

test('a dry run tells which calls a rule file would refuse, and changes nothing', async (context) => {
  const { run, record } = project(context, { 'open.json': '{"other": [{}]}' })
  await record([{}, {}, { outcome: 'admitted', target: 'f:free' }, { at: NOW - 9 * 86_400_000 }])
  const now_ = await run('policy dry-run')
  assert.equal(now_.code, 0, now_.err)
  assert.match(
    now_.out,
    /^3 calls in 7 days: 1 would pass \(0 of them were refused\), 2 would be refused \(2 of them passed\)/,
  )
  assert.match(now_.out, /\n2 +2 +pay +ENVELOPE_REQUIRED +__UNI__A/)
  const open = (await run('policy dry-run open.json --days 30 --json')).json()['report'] as {
    calls: number
    refused: number
  }
  assert.deepEqual([open.calls, open.refused], [4, 0])
  assert.match((await run('policy dry-run --guards all')).out, /0 would pass/)
  const invented = { ...refused.evidence, appId: 'invented' }
  await record([{ evidence: invented }, { evidence: { ...invented, appId: 'another' } }])
  assert.match((await run('policy dry-run')).out, /\n2 +2 +pay +APP_NOT_ASSOCIATED +unknown apps \(2\)/)
  assert.match((await run('policy show')).out, /revision 0/)
})

test('a dry run tells rows apart by what was called, how the caller was proved, and what was encrypted', async (context) => {
  const rules = JSON.stringify({ 'pay, todo': [{ secretType: 'both' }] })
  const { run, record } = project(context, { 'both.json': rules })
  const proven = {
    source: 'client',
    proven: true,
    appId: '__UNI__A',
    platform: 'android',
    version: 'production',
    level: 0,
    secretType: 'request',
    fresh: false,
    how: 'envelope',
  }
  const calls: readonly (readonly [target: string, evidence: object])[] = [
    ['f:pay', proven],
    ['f:pay', { ...proven, secretType: 'none' }],
    ['f:pay', { ...proven, how: 'legacy-content' }],
    ['f:pay', refused.evidence],
    ['o:todo/add', proven],
    ['o:todo/remove', proven],
  ]
  await record(calls.map(([target, evidence]) => ({ target, evidence: evidence as typeof refused.evidence })))
  const { out } = await run('policy dry-run both.json')
  const [head = '', ...rows] = out.trimEnd().split('\n').slice(1)
  assert.match(head, /^calls .+ platform +proof +reason$/)
  assert.equal(new Set(rows).size, calls.length, out)
  for (const said of [
    / pay .+ android production +envelope request +less is/,
    / pay .+ envelope none +less is/,
    / pay .+ legacy-content request +the legacy wire/,
    / pay .+ none +the call came plain/,
    / todo\/add .+ envelope request/,
    / todo\/remove .+ envelope request/,
  ])
    assert.equal(rows.filter((row) => said.test(row)).length, 1, `${said} ${out}`)
})
