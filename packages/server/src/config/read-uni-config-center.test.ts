import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import type { ProjectOptions } from './project-options.ts'
import { readUniConfigCenter, uniConfigCenterFiles } from './read-uni-config-center.ts'

function read(texts: Readonly<Record<string, unknown>>, options?: ProjectOptions) {
  const files = new Map(
    Object.entries(texts).map(([name, value]) => [
      `${name}/config.json`,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  )
  return readUniConfigCenter(files, options)
}

const app = (n: number, secret = `s${n}`) => ({ appid: `wx${n}`, appsecret: secret })
const mp = (n: number, secret?: string) => ({ oauth: { weixin: app(n, secret) } })
const codes = (project: ReturnType<typeof read>) => project.mistakes.map(({ code, path }) => `${code} ${path}`)

describe('reading a uni-config-center folder', () => {
  it('reads the example project as it is, comments and all, without a complaint', () => {
    const folder = new URL('../../../../examples/uni-config-center/', import.meta.url)
    const files = new Map(uniConfigCenterFiles.map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]))
    const project = readUniConfigCenter(files)
    assert.deepEqual(
      project.apps.map(({ platform, appid, tokenEndpoint }) => [platform, appid, tokenEndpoint]),
      [
        ['weixin-mp', 'wx5a3b1e0000000001', 'stable'],
        ['weixin-h5', 'wx5a3b1e0000000002', 'stable'],
        ['qq-mp', '1105000003', 'legacy'],
      ],
    )
    assert.deepEqual(
      project.schedule.map((task) => [task.app.platform, task.task]),
      [
        ['weixin-mp', 'accessToken'],
        ['weixin-h5', 'ticket'],
      ],
    )
    assert.deepEqual(project.allowList, ['127.0.0.1', '10.0.0.0/8', 'fd00::/8'])
    assert.equal(project.s2s?.type, 'connectCode')
    assert.deepEqual(project.mistakes, [])
  })

  it('finds each platform under every path of the reference, the first complete one winning', () => {
    const { apps } = read({
      'uni-id': {
        dcloudAppid: '__UNI__A',
        'h5-weixin': mp(2),
        h5: mp(3),
        web: { oauth: { 'weixin-web': app(4) } },
        'app-plus': { oauth: { weixin: app(5), qq: app(6) } },
        app: { oauth: { qq: app(7) } },
        'mp-qq': { oauth: { qq: app(8) } },
      },
    })
    assert.deepEqual(Object.fromEntries(apps.map(({ platform, appid }) => [platform, appid])), {
      'weixin-h5': 'wx2',
      'weixin-web': 'wx4',
      'weixin-app': 'wx5',
      'qq-app': 'wx7',
      'qq-mp': 'wx8',
    })
    const old = read({ 'uni-id': { web: { oauth: { 'weixin-h5': app(1) } }, 'h5-weixin': mp(2), h5: mp(3) } })
    assert.equal(old.apps[0]?.appid, 'wx1')
    const oldest = read({ 'uni-id': { h5: mp(3) } })
    assert.deepEqual(oldest.apps, [
      { platform: 'weixin-h5', appid: 'wx3', secret: 's3', dcloudAppid: '*', tokenEndpoint: 'stable' },
    ])
  })

  it('keeps the dcloudAppid of the object form, and lets a project without one serve any', () => {
    assert.equal(read({ 'uni-id': { dcloudAppid: '__UNI__A', 'mp-weixin': mp(1) } }).apps[0]?.dcloudAppid, '__UNI__A')
    assert.equal(read({ 'uni-id': { 'mp-weixin': mp(1) } }).apps[0]?.dcloudAppid, '*')
  })

  it('tells apart the apps of the array form, and takes two dcloudAppids of one appid as sharing it', () => {
    const { apps, mistakes } = read({
      'uni-id': [
        { dcloudAppid: '__UNI__A', 'mp-weixin': mp(1) },
        { dcloudAppid: '__UNI__B', 'mp-weixin': mp(2) },
        { dcloudAppid: '__UNI__C', 'mp-weixin': mp(1) },
      ],
    })
    assert.deepEqual(
      apps.map(({ dcloudAppid, appid }) => `${dcloudAppid} ${appid}`),
      ['__UNI__A wx1', '__UNI__B wx2', '__UNI__C wx1'],
    )
    assert.deepEqual(mistakes, [])
  })

  it('refuses one appid with two secrets, since one of them is wrong', () => {
    const project = read({
      'uni-id': [
        { dcloudAppid: '__UNI__A', 'mp-weixin': mp(1, 'one') },
        { dcloudAppid: '__UNI__B', 'mp-weixin': mp(1, 'other') },
      ],
    })
    assert.deepEqual(codes(project), ['APP_SECRETS_DIFFER [1].mp-weixin.oauth.weixin.appsecret'])
    assert.equal(project.mistakes[0]?.severity, 'error')
  })

  it('leaves out list entries that nobody could ask for, and says so', () => {
    const project = read({
      'uni-id': [{ 'mp-weixin': mp(1) }, { dcloudAppid: 'A', h5: mp(2) }, { dcloudAppid: 'A', h5: mp(3) }, 7],
    })
    assert.deepEqual(
      project.apps.map(({ appid }) => appid),
      ['wx2'],
    )
    assert.deepEqual(codes(project), [
      'DCLOUD_APPID_MISSING [0]',
      'DCLOUD_APPID_REPEATED [2].dcloudAppid',
      'VALUE_WRONG [3]',
    ])
  })

  it('names an appid without a secret, a secret without an appid, and keys that were nearly right', () => {
    const project = read({
      'uni-id': {
        'mp-weixin': { oauth: { weixin: { appid: 'wx1', secret: 'x' } } },
        web: { oauth: { 'weixin-h5': { appsecret: 's' }, weixinweb: app(2) } },
        'mp-wexin': mp(3),
      },
    })
    assert.deepEqual(project.apps, [])
    assert.deepEqual(codes(project).sort(), [
      'APP_ID_MISSING web.oauth.weixin-h5.appid',
      'APP_SECRET_MISSING mp-weixin.oauth.weixin.appsecret',
      'KEY_UNKNOWN mp-weixin.oauth.weixin.secret',
      'KEY_UNKNOWN mp-wexin',
      'KEY_UNKNOWN web.oauth.weixinweb',
    ])
    assert.match(project.mistakes.map(({ en }) => en).join('\n'), /Did you mean "mp-weixin"\?/)
    assert.ok(project.mistakes.every(({ severity }) => severity === 'warning'))
  })

  it('takes an appid at the top of the file for platforms without an entry, as the reference does, with a warning', () => {
    const project = read({ 'uni-id': { ...app(9), 'mp-weixin': mp(1) } })
    assert.equal(project.apps.find(({ platform }) => platform === 'weixin-mp')?.appid, 'wx1')
    assert.equal(project.apps.find(({ platform }) => platform === 'weixin-h5')?.appid, 'wx9')
    assert.deepEqual(codes(project), ['APP_AT_ROOT appid'])
  })

  it('understands both spellings of the white list, and says that 0.0.0.0 admits nobody', () => {
    const project = read({ 'uni-open-bridge': { ipWhitelist: ['10.0.0.1', '0.0.0.0', '10.0.0.300', ''] } })
    assert.deepEqual(project.allowList, ['10.0.0.1', '0.0.0.0'])
    assert.deepEqual(codes(project), [
      'WHITELIST_OLD_NAME ipWhitelist',
      'WHITELIST_ZERO ipWhitelist[1]',
      'WHITELIST_ENTRY_WRONG ipWhitelist[2]',
    ])
    const [, zero] = project.mistakes
    assert.match(zero?.remedyEn ?? '', /0\.0\.0\.0\/0/)
    assert.match(zero?.zh ?? '', /不是通配符/)
  })

  it('refuses in production a white list that admits everyone, and only warns in development', () => {
    const everyone = { 'uni-open-bridge': { ipWhiteList: ['0.0.0.0/0', '::/0'] } }
    const severities = (production: boolean) => read(everyone, { production }).mistakes.map(({ severity }) => severity)
    assert.deepEqual(severities(true), ['error', 'error'])
    assert.deepEqual(severities(false), ['warning', 'warning'])
  })

  it('schedules what it can of a schedule with mistakes, and reports each of them', () => {
    const project = read({
      'uni-id': {
        dcloudAppid: '__UNI__A',
        'mp-weixin': mp(1),
        'h5-weixin': mp(2),
        app: { oauth: { weixin: app(3) } },
        web: { oauth: { 'weixin-web': { appid: 'wx4' } } },
      },
      'uni-open-bridge': {
        schedule: {
          __UNI__Z: { enable: true, 'weixin-mp': { enable: true, tasks: ['accessToken'] } },
          __UNI__A: {
            enable: true,
            'weixin-mp': { enable: true, tasks: ['acessToken', 'ticket', 'accessToken'] },
            'h5-weixin': { enable: 1, tasks: ['ticket'] },
            'weixin-app': { enable: true, tasks: ['accessToken'] },
            'weixin-web': { enable: true, tasks: ['accessToken'] },
            'weixin-mpp': { enable: true, tasks: ['accessToken'] },
          },
        },
        shedule: {},
      },
    })
    assert.deepEqual(
      project.schedule.map(({ app, task }) => `${app.platform} ${task}`),
      ['weixin-mp accessToken', 'weixin-h5 ticket'],
    )
    const paths = codes(project).filter((code) => !code.startsWith('APP_'))
    assert.deepEqual(paths, [
      'SCHEDULE_APP_UNKNOWN schedule.__UNI__Z',
      'TASK_UNKNOWN schedule.__UNI__A.weixin-mp.tasks[0]',
      'TASK_IMPOSSIBLE schedule.__UNI__A.weixin-mp.tasks[1]',
      'PLATFORM_OLD_NAME schedule.__UNI__A.h5-weixin',
      'ENABLE_WRONG schedule.__UNI__A.h5-weixin.enable',
      'TASK_IMPOSSIBLE schedule.__UNI__A.weixin-app.tasks[0]',
      'PLATFORM_UNCONFIGURED schedule.__UNI__A.weixin-web',
      'PLATFORM_UNKNOWN schedule.__UNI__A.weixin-mpp',
      'KEY_UNKNOWN shedule',
    ])
    assert.ok(project.mistakes.every(({ severity }) => severity === 'warning'))
  })

  it('schedules the rest of a schedule of which one part has the wrong type', () => {
    const good = { enable: true, tasks: ['ticket'] }
    const wrong: readonly (readonly [schedule: object, path: string])[] = [
      [{ B: 5 }, 'B'],
      [{ A: { enable: true, 'weixin-mp': 5, 'weixin-h5': good } }, 'A.weixin-mp'],
      [{ A: { enable: true, 'weixin-mp': { enable: true, tasks: 'ticket' }, 'weixin-h5': good } }, 'A.weixin-mp.tasks'],
      [{ A: { enable: true, 'weixin-h5': { enable: true, tasks: ['ticket', 7] } } }, 'A.weixin-h5.tasks[1]'],
      [{ A: { enable: true, 'weixin-h5': { enable: true, tasks: [['ticket'], 'ticket'] } } }, 'A.weixin-h5.tasks[0]'],
    ]
    const uniId = ['A', 'B'].map((dcloudAppid) => ({ dcloudAppid, 'mp-weixin': mp(1), h5: mp(2) }))
    for (const [schedule, path] of wrong) {
      const bridge = { schedule: { A: { enable: true, 'weixin-h5': good }, ...schedule } }
      const project = read({ 'uni-id': uniId, 'uni-open-bridge': bridge })
      const tasks = project.schedule.map(({ app, task }) => `${app.platform} ${task}`)
      assert.deepEqual(tasks, ['weixin-h5 ticket'], path)
      assert.deepEqual(codes(project), [`VALUE_WRONG schedule.${path}`])
      assert.equal(project.mistakes[0]?.severity, 'warning')
    }
  })

  it('schedules nothing for an app or a platform that is switched off', () => {
    const uniId = { dcloudAppid: 'A', 'mp-weixin': mp(1) }
    const schedule = (enable: unknown, platform: unknown) =>
      read({
        'uni-id': uniId,
        'uni-open-bridge': { schedule: { A: { enable, 'weixin-mp': { enable: platform, tasks: ['accessToken'] } } } },
      }).schedule.length
    assert.equal(schedule(true, true), 1)
    assert.equal(schedule(false, true), 0)
    assert.equal(schedule('true', true), 0)
    assert.equal(schedule(true, false), 0)
  })

  it('lets a per-app switch decide whether a platform can be asked', () => {
    const texts = {
      'uni-id': { dcloudAppid: 'A', app: { oauth: { weixin: app(1) } } },
      'uni-open-bridge': { schedule: { A: { enable: true, 'weixin-app': { enable: true, tasks: ['accessToken'] } } } },
    }
    assert.equal(read(texts).schedule.length, 0)
    const switched = read(texts, { tokenEndpointOf: () => 'legacy' })
    assert.equal(switched.schedule[0]?.app.tokenEndpoint, 'legacy')
    assert.deepEqual(switched.mistakes, [])
  })

  it('reads the s2s configuration with the defaults of the reference', () => {
    assert.deepEqual(read({ 'uni-cloud-s2s': { type: 'sign', signKey: 'q0etb3cl0s8mrlfdqp33ist1ou0r97pg' } }).s2s, {
      type: 'sign',
      signKey: 'q0etb3cl0s8mrlfdqp33ist1ou0r97pg',
      hashMethod: 'hmac-sha256',
      timeDiffToleranceSeconds: 60,
      md5AsSha256: false,
    })
  })

  it('refuses mistakes in the s2s configuration, since they let someone in or keep someone out', () => {
    const errors = (s2s: unknown, production = false) =>
      read({ 'uni-cloud-s2s': s2s }, { production })
        .mistakes.filter(({ severity }) => severity === 'error')
        .map(({ code }) => code)
    const signKey = 'q0etb3cl0s8mrlfdqp33ist1ou0r97pg'
    assert.deepEqual(errors({ type: 'conectCode' }), ['S2S_TYPE_UNKNOWN'])
    assert.deepEqual(errors({ type: 'connectCode' }), ['S2S_SECRET_MISSING'])
    assert.deepEqual(errors({ type: 'connectCode', connectCode: 1234567890123456 }), ['QUOTES_MISSING'])
    assert.deepEqual(errors({ type: 'connectCode', connectCode: 'sixteen letters 微' }), ['S2S_CODE_UNSENDABLE'])
    assert.deepEqual(errors({ type: 'sign', signKey, hashMethod: 'sha512' }), ['S2S_HASH_UNKNOWN'])
    assert.deepEqual(errors({ type: 'sign', signKey, timeDiffTolerance: '60' }), ['VALUE_WRONG'])
    assert.deepEqual(errors({ type: 'connectCode', connectCode: 'fifteen-letters' }, true), ['S2S_SECRET_SHORT'])
    assert.deepEqual(errors({ type: 'connectCode', connectCode: 'sixteen-letters!' }, true), [])
    assert.deepEqual(errors({ type: 'connectCode', connectCode: 'fifteen-letters' }, false), [])
  })

  it('points at line and column, whatever the line ends, a byte order mark or Chinese text before', () => {
    const text =
      '\uFEFF{\r\n  // 注释\r\n  "mp-weixin": { "oauth": { "weixin": { "appid": "微信1", "appsecret": 5 } } },\r\n}'
    const [wrong] = read({ 'uni-id': text }, { folder: 'center' }).mistakes
    assert.deepEqual(
      { code: wrong?.code, file: wrong?.file, line: wrong?.line, column: wrong?.column, path: wrong?.path },
      {
        code: 'QUOTES_MISSING',
        file: 'center/uni-id/config.json',
        line: 3,
        column: 70,
        path: 'mp-weixin.oauth.weixin.appsecret',
      },
    )
  })

  it('reports what is no JSON with its place, and still reads the other files', () => {
    const project = read({ 'uni-id': '{\n  "a": tru\n}', 'uni-open-bridge': { ipWhiteList: ['10.0.0.1'] } })
    assert.deepEqual(project.allowList, ['10.0.0.1'])
    const [first] = project.mistakes
    assert.deepEqual([first?.code, first?.severity, first?.line, first?.column], ['JSON_SYNTAX', 'error', 2, 8])
    assert.equal(read({ 'uni-id': '' }).mistakes[0]?.code, 'JSON_SYNTAX')
  })

  it('tells of a repeated key, of which the last one counts', () => {
    const project = read({ 'uni-cloud-s2s': '{"type":"sign","type":"connectCode","connectCode":"sixteen-letters!"}' })
    assert.equal(project.s2s?.type, 'connectCode')
    assert.deepEqual(codes(project), ['KEY_REPEATED type'])
    assert.equal(project.mistakes[0]?.column, 16)
    const [, wrong] = read({ 'uni-open-bridge': '{"ipWhiteList":[],\n"ipWhiteList":7}' }).mistakes
    assert.deepEqual([wrong?.code, wrong?.line], ['VALUE_WRONG', 2])
  })

  it('takes names of prototypes for ordinary unknown names', () => {
    const project = read({
      'uni-id':
        '{"dcloudAppid": "A", "__proto__": {"mp-weixin": {"oauth": {"weixin": {"appid":"wx1","appsecret":"s"}}}}}',
      'uni-open-bridge': '{"schedule": {"constructor": {"enable": true}}}',
    })
    assert.deepEqual(project.apps, [])
    assert.deepEqual(codes(project), ['SCHEDULE_APP_UNKNOWN schedule.constructor'])
  })
})
