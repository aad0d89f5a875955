import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkFileNames } from './check-file-names.ts'
import { messagesOf } from './messages-of.ts'

test('a file is named for one of its exports, which may say more', () => {
  const files = {
    'src/admit.ts': 'export function admit() {}',
    'src/bridge.ts': 'export interface BridgeDeps {}\nexport const createBridge = () => 1',
    'src/store/record.ts': 'export type { CredentialRecord } from "./x.ts"',
    'src/s2s-caller.ts': 'export class S2sCaller {}',
    'src/user-key.ts': 'export function fetchUserKeys() {}',
    'src/sealed-record.ts': 'export function sealRecord() {}',
    'src/oauth.ts': 'export function createOAuth() {}',
    'src/errcodes.ts': 'export const errcodeTexts = {}',
    'src/table.ts': 'export const rowFor = 1',
    'src/index.ts': 'export const anything = 1',
    'src/main.ts': 'start()',
  }
  assert.deepEqual(messagesOf(checkFileNames, files), [])
})

test('a file named for none of its exports is found', () => {
  assert.deepEqual(
    messagesOf(checkFileNames, { 'src/admit.ts': 'export function permit() {}\nexport const admits = 1' }),
    [],
  )
  assert.deepEqual(messagesOf(checkFileNames, { 'src/admit.ts': 'export function permit() {}\nfunction admit() {}' }), [
    'src/admit.ts name the file for its main export (it exports permit)',
  ])
  assert.deepEqual(messagesOf(checkFileNames, { 'src/key-store.ts': 'export const keyring = 1, storeOf = 2' }), [
    'src/key-store.ts name the file for its main export (it exports keyring, storeOf)',
  ])
})

test('a name that is not kebab-case is found, in tests too', () => {
  assert.deepEqual(messagesOf(checkFileNames, { 'src/admitCall.test.ts': '' }), [
    'src/admitCall.test.ts name the file in kebab-case',
  ])
})

test('files and folders named for no subject are found', () => {
  assert.deepEqual(
    messagesOf(checkFileNames, { 'src/utils/a.json': '', 'src/token-manager.sh': '', 'src/serviced.md': '' }),
    [
      'src/token-manager.sh "token-manager.sh" names no subject: say what it is about',
      'src/utils/a.json "utils" names no subject: say what it is about',
    ],
  )
})

test('names that uniCloud gave are no fault, and excuse nothing beside them', () => {
  const given = {
    'packages/a/uni-id-common/create-uni-id-common.ts': 'export const createUniIdCommon = 1',
    'examples/a/cloudfunctions/common/greeting/index.js': '',
  }
  assert.deepEqual(messagesOf(checkFileNames, given), [])
  assert.equal(messagesOf(checkFileNames, { 'src/common/uni-id-common.js': '' }).length, 1)
})
