import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { demandConfig, loadConfig } from '../config/load-config.ts'
import { createMachinery } from '../machinery/create-machinery.ts'
import { checkPolicies } from './check-policies.ts'

const machinery = createMachinery({ now: () => 1_800_000_000_000, sleep: () => Promise.resolve() })

test('the doctor tells of rules that name nothing, and of policies that no mode puts in force', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-doctor-policies-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const pay = join(folder, 'uniCloud/cloudfunctions/pay')
  mkdirSync(pay, { recursive: true })
  writeFileSync(join(pay, 'index.js'), 'exports.main = async () => {}\n')
  writeFileSync(join(pay, 'package.json'), JSON.stringify({ drawbridge: { policy: [{}] } }))
  const told = async (secureNetwork?: object) => {
    const spaces = [{ spaceId: 'shop', clientSecret: 'plain-for-tests', functions: '.' }]
    const text = JSON.stringify({ dataDir: 'data', spaces, ...(secureNetwork && { secureNetwork }) })
    writeFileSync(join(folder, 'drawbridge.config.json'), text)
    const findings = await checkPolicies(machinery, demandConfig(loadConfig({ cwd: folder, env: {} })))
    return findings.map(({ state, subject, en }) => `${state} ${subject}: ${en}`)
  }
  const [off = '', ...more] = await told()
  assert.match(off, /^warning spaces shop pay: .*the mode is off/)
  assert.deepEqual(more, [])
  const [named = ''] = await told({ rules: { payy: [{}] }, apps: [{ appId: 'A', platform: 'android' }] })
  assert.match(named, /^warning spaces shop payy: .*Did you mean "pay"\?/)
})
