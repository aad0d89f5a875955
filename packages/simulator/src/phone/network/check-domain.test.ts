import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { selfSigned } from '../../http/certificate-fixture.ts'
import { APPIDS, simulatorUnderTest } from '../../simulator-under-test-fixture.ts'
import type { Phone } from '../phone.ts'
import { WxError } from '../wx-error.ts'
import { ask, download, echo, scene, upload } from './scene-fixture.ts'

describe('the domain list', () => {
  const domains = {
    request: ['https://api.example.com', 'https://port.example.com:8443'],
    uploadFile: ['https://up.example.com'],
    downloadFile: ['https://down.example.com'],
    socket: ['wss://socket.example.com'],
  }

  test('decides on a real phone: scheme, host and port, list by list', async (t) => {
    const { phone, server, simulator } = await scene(t, echo, { switches: { skipDomainCheck: false } })
    simulator.control.apps.change(APPIDS.mp, { domains })
    const mappedPhone = (origin: string): Phone =>
      simulator.phone({ appid: APPIDS.mp, hosts: { [origin]: server.url } })
    const errno = (url: string, on = phone): Promise<unknown> =>
      ask(on, { url }).then(
        (result) => result.statusCode,
        (error: unknown) => (error as WxError).errno,
      )
    const reach = (url: string): Promise<unknown> => errno(url, mappedPhone(new URL(url).origin))
    assert.equal(await reach('https://api.example.com/path'), 200)
    assert.equal(await reach('https://port.example.com:8443/'), 200)
    const refused = [
      'http://api.example.com/',
      'https://api.example.com:443/',
      'https://api.example.com:8443/',
      'https://port.example.com/',
      'https://sub.api.example.com/',
      'https://example.com/',
      'https://up.example.com/',
      'https://api.weixin.qq.com/cgi-bin/token',
      'https://127.0.0.1/',
      'https://localhost/',
      'https://8.8.8.8/',
      `${server.url}/`,
    ]
    for (const url of refused) assert.equal(await reach(url), 600002, url)
    await assert.rejects(ask(phone, { url: 'https://no.example/' }), { errMsg: 'request:fail url not in domain list' })
    assert.equal(
      await errno(
        'http://192.168.1.2/',
        simulator.phone({ appid: APPIDS.mp, hosts: { 'http://192.168.1.2': server.url } }),
      ),
      200,
    )
  })

  test('has a list for each kind, and api.weixin.qq.com never passes even when listed', async (t) => {
    const { server, simulator } = await scene(t, () => 'ok', { switches: { skipDomainCheck: false } })
    simulator.control.apps.change(APPIDS.mp, { domains: { ...domains, request: ['https://api.weixin.qq.com'] } })
    const hosts = Object.fromEntries(
      ['https://up.example.com', 'https://down.example.com', 'https://api.weixin.qq.com'].map((origin) => [
        origin,
        server.url,
      ]),
    )
    const phone = simulator.phone({ appid: APPIDS.mp, hosts })
    const filePath = phone.files.writeTemporary(Buffer.from('x'))
    assert.equal((await upload(phone, { url: 'https://up.example.com/', filePath, name: 'f' })).statusCode, 200)
    await assert.rejects(upload(phone, { url: 'https://down.example.com/', filePath, name: 'f' }), { errno: 600002 })
    assert.equal((await download(phone, { url: 'https://down.example.com/' })).statusCode, 200)
    await assert.rejects(download(phone, { url: 'https://up.example.com/' }), { errno: 600002 })
    await assert.rejects(ask(phone, { url: 'https://api.weixin.qq.com/cgi-bin/token' }), { errno: 600002 })
  })

  test('the server still sees the host that the code named', async (t) => {
    const { server, simulator } = await scene(t)
    const phone = simulator.phone({ appid: APPIDS.mp, hosts: { 'https://api.example.com': server.url } })
    await ask(phone, { url: 'https://api.example.com/x?y=1' })
    assert.deepEqual([server.received[0]?.headers['host'], server.received[0]?.url], ['api.example.com', '/x?y=1'])
  })

  test('a certificate is checked: without its authority the request fails, with it it passes', async (t) => {
    const tls = selfSigned()
    const { simulator, url } = await simulatorUnderTest(t, { tls })
    await assert.rejects(ask(simulator.phone({ appid: APPIDS.mp }), { url }), WxError)
    assert.equal((await ask(simulator.phone({ appid: APPIDS.mp, ca: tls.cert }), { url })).statusCode, 404)
  })
})
