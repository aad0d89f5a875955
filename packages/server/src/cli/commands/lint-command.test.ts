import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pay, policyProject as project } from './policy-project-fixture.ts'

test('lint looks at the configured spaces with their rules, or at a path, and fails on errors', async (context) => {
  const guard = `exports.main = async (event, { secretType }) => {\n  if (secretType !== 'both' || secretType !== 'response') throw 1\n}\n`
  const { run } = project(context, { [`${pay}/index.js`]: guard, 'rules.json': '{"pya": [{}]}' })
  const linted = await run('lint functions .')
  assert.equal(linted.code, 1)
  assert.match(linted.out, /error uniCloud\/cloudfunctions\/pay\/index\.js:2:7 {2}GUARD_ALWAYS_TRUE\n/)
  assert.match(linted.out, /1 errors, 0 warnings, 0 notes\n$/)
  await run('policy import rules.json')
  const codes = (await run('lint functions --json')).json()['findings'] as readonly { code: string; spaceId: string }[]
  assert.deepEqual(
    codes.map(({ code, spaceId }) => `${spaceId} ${code}`),
    ['shop GUARD_ALWAYS_TRUE', 'shop RULE_NAMES_NOTHING'],
  )
  assert.equal((await run('lint functions nowhere')).code, 4)
})

test('lint tells of calls that the caller chooses with their place, unless functions may not call guarded ones', async (context) => {
  const code = 'exports.main = async (event) => {\n  return uniCloud.callFunction({ name: event.name })\n}\n'
  const told = async (secureNetwork: object) => {
    const spaces = [{ spaceId: 'shop', clientSecret: 'plain-for-tests', functions: '.' }]
    const config = JSON.stringify({ dataDir: 'data', spaces, secureNetwork: { apps: [], ...secureNetwork } })
    return (
      await project(context, { [`${pay}/index.js`]: code, 'drawbridge.config.json': config }).run('lint functions')
    ).out
  }
  assert.match(await told({}), /warning uniCloud\/cloudfunctions\/pay\/index\.js:2:40 {2}FUNCTION_CHOSEN_BY_CALLER\n/)
  assert.doesNotMatch(await told({ sources: { function: 'refuse' } }), /FUNCTION_CHOSEN/)
})

test('a project without mistakes passes the lint', async (context) => {
  const { run } = project(context)
  const linted = await run('lint functions')
  assert.deepEqual([linted.code, linted.out], [0, '0 errors, 0 warnings, 0 notes\n'])
})
