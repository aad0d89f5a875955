import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Received } from '../../callbacks/receiver-fixture.ts'
import { WxError } from '../wx-error.ts'
import { download, scene, upload } from './scene-fixture.ts'
import type { UploadResult } from './upload-file.ts'

describe('files', () => {
  test('an upload is multipart with its form fields, and answers text', async (t) => {
    const { phone, server } = await scene(t, () => '{"a":1}')
    const filePath = phone.files.writeTemporary(Buffer.from([0, 255, 10]), '.bin')
    const progress: number[] = []
    const result = await new Promise<UploadResult>((resolve, reject) => {
      const task = phone.wx.uploadFile({
        url: server.url,
        filePath,
        name: 'file',
        formData: { who: '我', n: 1 },
        success: resolve,
        fail: reject,
      })
      task.onProgressUpdate((event) => progress.push(event.progress))
    })
    assert.deepEqual([result.data, result.statusCode, result.errMsg], ['{"a":1}', 200, 'uploadFile:ok'])
    assert.deepEqual(progress, [100])
    const { body, headers } = server.received[0] as Received
    const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(String(headers['content-type']))?.[1] ?? ''
    const name = filePath.split('/').at(-1) ?? ''
    const part = (head: string, content: string): string =>
      `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`
    const file = `name="file"; filename="${name}"\r\nContent-Type: application/octet-stream`
    const expected = part('name="who"', '我') + part('name="n"', '1') + part(file, '\u0000X\n')
    const [before = '', after = ''] = `${expected}--${boundary}--\r\n`.split('X')
    assert.deepEqual(body, Buffer.concat([Buffer.from(before), Buffer.from([255]), Buffer.from(after)]))
    await assert.rejects(upload(phone, { url: server.url, filePath: 'wxfile://nothing', name: 'f' }), {
      errMsg: /file doesn't exist/,
    })
  })

  test('a download lands in a temporary file, or where it was told to', async (t) => {
    const { phone, server } = await scene(t, () => ({ body: Buffer.from([1, 2, 255]) }))
    const { wx } = phone
    const temporary = await download(phone, { url: server.url })
    assert.equal(temporary.errMsg, 'downloadFile:ok')
    assert.deepEqual(
      wx.getFileSystemManager().readFileSync(temporary.tempFilePath ?? ''),
      Uint8Array.from([1, 2, 255]).buffer,
    )
    const filePath = `${wx.env.USER_DATA_PATH}/mine.bin`
    const kept = await download(phone, { url: server.url, filePath })
    assert.deepEqual([kept.filePath, kept.tempFilePath], [filePath, undefined])
    assert.equal(wx.getFileSystemManager().readFileSync(filePath, 'hex'), '0102ff')
  })

  test("only the mini program's own folder can be written", async (t) => {
    const { phone } = await scene(t)
    const files = phone.wx.getFileSystemManager()
    files.writeFileSync('wxfile://usr/a.txt', '文')
    assert.equal(files.readFileSync('wxfile://usr/a.txt', 'utf8'), '文')
    assert.throws(() => files.writeFileSync('/etc/passwd', 'x'), WxError)
    assert.throws(() => files.readFileSync('/etc/passwd'), WxError)
  })

  test('files are read, written and removed with callbacks too; a write that fails leaves its half', async (t) => {
    const { phone } = await scene(t)
    const files = phone.wx.getFileSystemManager()
    const done = (call: (callbacks: { success: (result: object) => void; fail: (error: WxError) => void }) => void) =>
      new Promise<{ readonly errMsg?: string; readonly data?: unknown }>((resolve) =>
        call({ success: resolve, fail: resolve }),
      )
    const filePath = 'wxfile://usr/a.bin'
    const data = Uint8Array.from([1, 2, 3, 4]).buffer
    assert.equal((await done((callbacks) => files.writeFile({ filePath, data, ...callbacks }))).errMsg, 'writeFile:ok')
    assert.deepEqual((await done((callbacks) => files.readFile({ filePath, ...callbacks }))).data, data)
    assert.equal((await done((callbacks) => files.unlink({ filePath, ...callbacks }))).errMsg, 'unlink:ok')
    assert.match(String((await done((callbacks) => files.unlink({ filePath, ...callbacks }))).errMsg), /^unlink:fail/)
    assert.match(String((await done((callbacks) => files.readFile({ filePath, ...callbacks }))).errMsg), /no such file/)
    phone.failNext('writeFile', 'the maximum size of the file storage limit is exceeded')
    const failed = await done((callbacks) => files.writeFile({ filePath, data, ...callbacks }))
    assert.match(String(failed.errMsg), /^writeFile:fail the maximum/)
    assert.equal(phone.files.read(filePath)?.length, 2)
    const elsewhere = await done((callbacks) => files.writeFile({ filePath: '/etc/a', data, ...callbacks }))
    assert.match(String(elsewhere.errMsg), /permission denied/)
  })
})
