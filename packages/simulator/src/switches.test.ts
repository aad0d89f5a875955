import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { credentialSwitchCases } from './credential-switch-cases-fixture.ts'
import { phoneSwitchCases } from './phone-switch-cases-fixture.ts'
import { simulatorUnderTest } from './simulator-under-test-fixture.ts'
import { mp, oa } from './switch-case-fixture.ts'
import type { SwitchCase } from './switch-case-fixture.ts'
import { defaultSwitches, parseSwitches, switchTable } from './switches.ts'
import type { SwitchName, Switches } from './switches.ts'
import { userSwitchCases } from './user-switch-cases-fixture.ts'

const cases: Record<SwitchName, SwitchCase> = { ...credentialSwitchCases, ...userSwitchCases, ...phoneSwitchCases }

describe('every switch, in every position', () => {
  for (const name of Object.keys(switchTable) as SwitchName[]) {
    const { look, seen } = cases[name]
    for (const [position, expected] of seen) {
      test(`${name} ${position === 'default' ? `${defaultSwitches[name]} (default)` : position}: ${switchTable[name].en}`, async (t) => {
        const switches = position === 'default' ? {} : ({ [name]: position } as Partial<Switches>)
        assert.deepEqual(await look(await simulatorUnderTest(t, { switches })), expected)
      })
    }
  }
})

test('an app may have positions of its own', async (t) => {
  const caller = await simulatorUnderTest(t)
  caller.simulator.control.apps.change(oa.appid, { switches: { wrongSecretErrcode: 40001 } })
  const ask = async (appid: string): Promise<unknown> =>
    (await caller.get('/cgi-bin/token', { ...mp, appid, secret: 'x' })).body['errcode']
  assert.deepEqual([await ask(oa.appid), await ask(mp.appid)], [40001, 40125])
})

test('a switch that does not exist, or a value that it cannot take, is refused', () => {
  assert.throws(() => parseSwitches({ constructor: true }), { code: 'SWITCH_UNKNOWN' })
  assert.throws(() => parseSwitches({ codeReplayErrcode: 1 }), { code: 'SWITCH_INVALID', message: /40163, 40029/ })
  assert.throws(() => parseSwitches({ sessionIdleSeconds: '1' }), { code: 'SWITCH_INVALID', message: /a number/ })
  assert.throws(() => parseSwitches([]), { code: 'SWITCH_INVALID' })
})
