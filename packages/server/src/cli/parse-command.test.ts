import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseCommand } from './parse-command.ts'
import { commandTable } from './table.ts'

const parse = (line: string) => parseCommand(line.split(' ').filter(Boolean), commandTable)
const mistake = (line: string) => {
  const parsed = parse(line)
  return parsed.kind === 'mistake' ? parsed.mistake.en : parsed.kind
}

describe('the command line', () => {
  it('finds commands of one word and of two, options before and behind', () => {
    const parsed = parse('--lang zh credentials get access_token --platform weixin-mp --json')
    assert.ok(parsed.kind === 'command')
    assert.equal(parsed.command.name, 'credentials get')
    assert.deepEqual(parsed.words, ['access_token'])
    assert.equal(parsed.option('platform'), 'weixin-mp')
    assert.equal(parsed.option('lang'), 'zh')
    assert.ok(parsed.has('json'))
  })

  it('leaves values as they were typed: digits stay text, leading zeros and exponents too', () => {
    const parsed = parse('credentials get session_key --appid 0110500000300000000001 --openid 1e5 --platform=qq-mp')
    assert.equal(parsed.option('appid'), '0110500000300000000001')
    assert.equal(parsed.option('openid'), '1e5')
    assert.equal(parsed.option('platform'), 'qq-mp')
  })

  it('takes a negative errcode for a word', () => {
    const parsed = parse('doctor explain -1')
    assert.deepEqual([parsed.kind, parsed.words], ['command', ['-1']])
  })

  it('keeps every value of an option that may be repeated', () => {
    assert.deepEqual(parse('tokens create ci --scope *:*:read --scope wx1:*:write').options('scope'), [
      '*:*:read',
      'wx1:*:write',
    ])
  })

  it('says what was wrong and what was probably meant', () => {
    assert.equal(mistake('strat'), 'There is no command "strat". Did you mean "start"?')
    assert.equal(
      mistake('credentials'),
      'Which one: credentials ls, credentials get, credentials refresh, credentials set, credentials rm?',
    )
    assert.equal(mistake('start --prot 80'), 'Unknown option --prot. Did you mean --port?')
    assert.equal(mistake('start --port'), 'The option --port needs a value: <port>.')
    assert.equal(mistake('start --json=1'), 'The option --json takes no value.')
    assert.equal(mistake('credentials get'), '<kind> is missing.')
    assert.equal(mistake('start now'), '"now" is too much.')
    assert.equal(mistake('start --constructor x'), 'Unknown option --constructor.')
  })

  it('takes --version for the version of a key where a command has keys with versions', () => {
    const parsed = parse('credentials get encrypt_key --version 3')
    assert.deepEqual([parsed.kind, parsed.option('version')], ['command', '3'])
    assert.equal(mistake('credentials get encrypt_key --version'), 'The option --version needs a value: <n>.')
    assert.equal(parse('credentials get encrypt_key -v').kind, 'version')
  })

  it('shows help for all and for one, and the version', () => {
    assert.equal(parse('').kind, 'help')
    const help = parse('tokens create --help')
    assert.ok(help.kind === 'help')
    assert.equal(help.command?.name, 'tokens create')
    assert.equal(parse('--version').kind, 'version')
    assert.equal(parse('tokens ls --version').kind, 'version')
  })
})
