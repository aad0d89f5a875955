// One mini program in an engine without JIT: a world of its own with nothing in it but the language of 2017 and `wx`.
const { readFileSync } = require('node:fs')
const { request } = require('node:http')
const { randomBytes } = require('node:crypto')
const vm = require('node:vm')

const { file, options, userKey, openid, marker } = JSON.parse(process.argv[2])

const disk = new Map([['wxfile://tmp_1', Uint8Array.from(randomBytes(200_000))]])
let cutAt = Infinity

const wx = {
  env: { USER_DATA_PATH: 'wxfile://usr' },
  getFileSystemManager: () => ({
    readFile: ({ filePath, success }) => success({ data: disk.get(filePath).slice().buffer }),
    writeFile: ({ filePath, data, success }) =>
      success({ errMsg: String(disk.set(filePath, new Uint8Array(data)).size) }),
    unlink: ({ filePath, success }) => success({ errMsg: String(disk.delete(filePath)) }),
  }),
  getAccountInfoSync: () => ({ miniProgram: { appId: 'wx1111111111111111' } }),
  getSystemInfoSync: () => ({ platform: 'ios', system: 'iOS 12.1', language: 'zh_CN', brand: 'b', model: 'm' }),
  getStorageSync: () => '',
  setStorageSync: () => undefined,
  getUserCryptoManager: () => ({
    getLatestUserKey: ({ success }) => success(userKey),
    getRandomValues: ({ length, success }) => success({ randomValues: Uint8Array.from(randomBytes(length)).buffer }),
  }),
  request({ url, method, header, data, success, fail }) {
    const asked = request(url, { method, headers: header }, (answer) => {
      const pieces = []
      answer.on('data', (piece) => pieces.push(piece))
      answer.on('end', () =>
        success({
          statusCode: answer.statusCode,
          header: answer.headers,
          data: Uint8Array.from(Buffer.concat(pieces).subarray(0, method === 'GET' ? cutAt : Infinity)).buffer,
        }),
      )
    })
    asked.on('error', ({ message }) => fail({ errMsg: `request:fail ${message}` }))
    asked.end(data === undefined || typeof data === 'string' ? data : Buffer.from(data))
  },
}

const context = vm.createContext({ wx })
vm.runInContext(
  `for (const [owner, names] of [
    [globalThis, ['BigInt', 'BigInt64Array', 'BigUint64Array', 'WebAssembly', 'Iterator', 'WeakRef']],
    [Object, ['fromEntries', 'hasOwn', 'groupBy']],
    [Array.prototype, ['at', 'flat', 'flatMap', 'findLast', 'toSorted', 'toReversed', 'with']],
    [String.prototype, ['at', 'replaceAll', 'matchAll', 'trimStart', 'trimEnd', 'isWellFormed', 'toWellFormed']],
    [Promise, ['allSettled', 'any', 'withResolvers']],
    [Promise.prototype, ['finally']],
    [Object.getPrototypeOf(Uint8Array.prototype), ['at', 'toSorted', 'toReversed', 'with', 'findLast']],
    [DataView.prototype, ['setBigUint64', 'getBigUint64', 'setBigInt64', 'getBigInt64']],
    [globalThis, ['globalThis']],
  ]) for (const name of names) delete owner[name]`,
  context,
)
const exported = {}
vm.runInContext(`(function (exports, module) {${readFileSync(file, 'utf8')}\n})`, context)(exported, {})

async function main() {
  const client = exported.createClient(options)
  await client.initSecureNetworkByWeixin({ openid })
  const results = []
  for (const secretType of ['request', 'response', 'both']) {
    const { result } = await client.callFunction({ name: 'echo', data: { marker, 中: '文😀' }, secretType })
    results.push(result)
  }
  const refused = await client
    .importObject('todo', { customUI: true, secretMethods: { '*': 'both' } })
    .full()
    .catch((error) => error)
  const filePath = 'wxfile://tmp_1'
  const { fileID } = await client.uploadFile({ filePath, cloudPath: 'a.bin', secret: true })
  const { tempFilePath } = await client.downloadFile({ fileID, secret: true })
  const isSameFile = Buffer.compare(disk.get(tempFilePath), disk.get(filePath)) === 0
  cutAt = 150_000
  const cut = await client.downloadFile({ fileID, secret: true }).catch((error) => error)
  const isCutFile = disk.size === 2 && cut.errCode
  return {
    results,
    refused: refused.errCode,
    isOwnError: refused instanceof exported.UniCloudError,
    isSameFile,
    isCutFile,
  }
}

main().then(
  (report) => console.log(JSON.stringify(report)),
  (error) => {
    console.error(error)
    process.exitCode = 1
  },
)
