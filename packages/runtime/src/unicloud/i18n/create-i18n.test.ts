import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createI18n } from './create-i18n.ts'

const messages = {
  'zh-Hans': { hello: '你好 {name}', 'a.b': '平' },
  en: { hello: 'Hello { name }', list: '{0} and {1}' },
}

const locales: readonly (readonly [locale: string | undefined, expected: string])[] = [
  ['zh-Hans', '你好 x'],
  ['zh_CN', '你好 x'],
  ['zh', '你好 x'],
  ['en-US', 'Hello x'],
  ['EN', 'Hello x'],
  ['fr', '你好 x'],
  ['__proto__', '你好 x'],
  [undefined, '你好 x'],
]

for (const [locale, expected] of locales)
  test(`a client that says ${locale} is spoken to in its language, or the fallback`, () => {
    const i18n = createI18n({ ...(locale === undefined ? {} : { locale }), fallbackLocale: 'zh-Hans', messages })
    assert.equal(i18n.t('hello', { name: 'x' }), expected)
  })

test('keys with dots are keys, unknown ones speak for themselves, and the locale can be changed', () => {
  const i18n = createI18n({ locale: 'en', fallbackLocale: 'zh-Hans', messages })
  assert.equal(i18n.t('a.b'), '平')
  assert.equal(i18n.t('unknown.key'), 'unknown.key')
  assert.equal(i18n.t('toString'), 'toString')
  assert.equal(i18n.t('list', ['a', 'b']), 'a and b')
  assert.equal(i18n.t('hello', 'zh-Hans', { name: 'y' }), '你好 y')
  i18n.setLocale('zh-Hans')
  assert.equal(i18n.locale, 'zh-Hans')
  i18n.add('en', { hello: 'Hi' })
  assert.equal(i18n.t('hello', 'en'), 'Hi')
})
