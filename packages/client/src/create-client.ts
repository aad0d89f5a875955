import { createCallBodies } from './call/create-call-bodies.ts'
import { callPlain } from './call/call-plain.ts'
import { createCaller } from './call/create-caller.ts'
import { createPost } from './call/create-post.ts'
import { CLIENT_NOT_CONFIGURED, clientError } from './client-error.ts'
import type { ClientOptions } from './client-options.ts'
import { createFileCalls } from './files/create-file-calls.ts'
import type { FileCalls } from './files/create-file-calls.ts'
import type { Host } from './host.ts'
import { createRandomPool } from './secure/create-random-pool.ts'
import { createSecureCalls } from './secure/create-secure-calls.ts'
import { createServerClock } from './secure/create-server-clock.ts'
import { createUserKeys } from './secure/create-user-keys.ts'
import { suite2 } from './secure/suite2.ts'
import { createSocketTask } from './socket/create-socket-task.ts'
import type { SocketRequest, SocketTask } from './socket/create-socket-task.ts'
import { callRoute } from './uni/call-route.ts'
import type { RouteRequest, RouteResponse } from './uni/call-route.ts'
import { createImportObject } from './uni/create-import-object.ts'
import type { CloudMethod, CloudObject, ImportObjectOptions, NewToken } from './uni/create-import-object.ts'
import { createInterceptors } from './uni/create-interceptors.ts'
import type { Interceptor } from './uni/create-interceptors.ts'
import { createListeners } from './uni/create-listeners.ts'
import { readUserInfo } from './uni/read-user-info.ts'
import type { UserInfo } from './uni/read-user-info.ts'
import { wantedType } from './uni/secret-options.ts'
import type { SecretOptions } from './uni/secret-options.ts'
import type { UniCloudError } from './uni-cloud-error.ts'
import { createWeixinSubjects } from './weixin/create-weixin-subjects.ts'
import type { WeixinInit } from './weixin/create-weixin-subjects.ts'
import { withCallbacks } from './with-callbacks.ts'
import type { Callbacks } from './with-callbacks.ts'

/** What `callFunction` takes. */
export interface FunctionCall extends Callbacks<FunctionResult>, SecretOptions {
  readonly name: string
  readonly data?: Readonly<Record<string, unknown>>
  /** ms. */
  readonly timeout?: number
}

/** What `callFunction` gives. */
export interface FunctionResult {
  /** What the function returned. */
  readonly result: unknown
  readonly requestId: string | undefined
  readonly success: true
  readonly errCode: 0
  readonly errMsg: string
}

/** What `onResponse` tells: a result, or what was thrown. */
export interface ResponseEvent {
  readonly type: 'cloudfunction' | 'cloudobject'
  readonly content: unknown
}

/** What `onNeedLogin` tells. */
export interface NeedLoginEvent {
  readonly errCode: number | string
  readonly errMsg: string
}

/** The client, with uniCloud's names. Everything that can fail rejects with a `UniCloudError`. */
export interface Client extends FileCalls {
  callFunction(call: FunctionCall): Promise<FunctionResult>
  importObject(name: string, options?: ImportObjectOptions): CloudObject
  /** A route of the gateway, with uni.request's names. */
  request(request: RouteRequest): Promise<RouteResponse>
  /** A WebSocket to a route of the gateway, always sealed. What fails is told to `fail` and by events. */
  connectSocket(request: SocketRequest): SocketTask
  initSecureNetworkByWeixin(options?: WeixinInit): Promise<{ readonly code?: string }>
  /** From the token in storage, unverified; nobody where there is none. */
  getCurrentUserInfo(): UserInfo
  /** Fields of `clientInfo` that the app adds; those that the client knows itself win. */
  setCustomClientInfo(info: Readonly<Record<string, unknown>>): void
  /** Around any call, by its name; around methods of objects as `callObject`. */
  addInterceptor(name: string, interceptor: Interceptor): void
  removeInterceptor(name: string, interceptor?: Interceptor): void
  /** uniCloud's short name of `addInterceptor('callObject', …)`. */
  interceptObject(interceptor: Interceptor): void
  onResponse(listener: (event: ResponseEvent) => void): void
  offResponse(listener: (event: ResponseEvent) => void): void
  /** An object answered that the user has to log in. */
  onNeedLogin(listener: (event: NeedLoginEvent) => void): void
  offNeedLogin(listener: (event: NeedLoginEvent) => void): void
  /** An object gave a new token; it is stored already. */
  onRefreshToken(listener: (event: NewToken) => void): void
  offRefreshToken(listener: (event: NewToken) => void): void
}

const BODY_MAX_BYTES = 262_144
const HANDSHAKE = 'secureNetworkHandshakeByWeixin'
const LOGIN_CODES = /^uni-id-(token-(expired|not-exist)|check-(token|device-feature)-failed)$/

/** Makes a client for one space. Throws 10003 without an appId. */
export function createClient(host: Host, options: ClientOptions): Client {
  const { spaceId, appId, rules = {}, cipher = suite2, bodyMaxBytes = BODY_MAX_BYTES } = options
  if (!appId) throw clientError(CLIENT_NOT_CONFIGURED)
  const { storage, platform, weixin } = host
  const report =
    host.report ??
    ((error) =>
      void host.startTimer(0, () => {
        throw error
      }))
  const endpoint = options.endpoint.replace(/\/+$/, '')
  const post = createPost(host, endpoint, spaceId)
  const random = createRandomPool((length) => host.random(length))
  const bodies = createCallBodies(host, { appId, spaceId, random })
  const clock = createServerClock(() => host.now())
  const subjects = createWeixinSubjects(weixin, (params) => {
    const users = importObject('uni-id-co', { customUI: true }) as CloudObject & Record<typeof HANDSHAKE, CloudMethod>
    return users[HANDSHAKE](params)
  })
  const { suite, primitives } = cipher
  const keys = weixin && createUserKeys({ weixin, primitives, suite, appId, now: clock.now })
  const caller = createCaller({
    plain: async (plain) => callPlain(post, plain, await bodies.body(plain.data)),
    secure: keys && createSecureCalls({ post, bodies, keys, subjects, clock, random, bodyMaxBytes }),
    rules,
    appId,
    platform,
    osName: () => String(host.info()['osName']),
  })
  const { call } = caller

  const files = createFileCalls(Object.assign({ host, random, cipher, report }, caller))

  // A route is somebody's own backend, which the gateway keeps from plain calls unless it is told otherwise.
  const routeType = weixin && 'both'
  const interceptors = createInterceptors()
  const responses = createListeners<ResponseEvent>(report)
  const logins = createListeners<NeedLoginEvent>(report)
  const refreshes = createListeners<NewToken>(report)
  const ended = (type: ResponseEvent['type'], content: unknown): void => {
    responses.emit({ type, content })
    const { errCode, errMsg } = Object(content) as UniCloudError
    if (type === 'cloudobject' && LOGIN_CODES.test(String(errCode))) logins.emit({ errCode, errMsg })
  }
  const importObject = createImportObject({
    call,
    host,
    interceptors,
    onEnd: (content) => ended('cloudobject', content),
    onNewToken({ token, tokenExpired }) {
      storage.set('uni_id_token', token)
      storage.set('uni_id_token_expired', tokenExpired)
      refreshes.emit({ token, tokenExpired })
    },
  })

  const runFunction = async (asked: FunctionCall): Promise<FunctionResult> => {
    const { name, data = {}, timeout: timeoutMs } = asked
    try {
      const reply = await call({ name, target: `f:${name}`, data, secretType: wantedType(asked), timeoutMs })
      const { result, requestId } = reply
      ended('cloudfunction', result)
      return { success: true, errCode: 0, errMsg: '', result, requestId }
    } catch (error) {
      ended('cloudfunction', error)
      throw error
    }
  }
  const intercepted = <O extends Callbacks<R>, R>(
    name: string,
    given: O,
    run: (asked: O) => Promise<R>,
  ): Promise<R> => {
    // Interceptors may change what goes out, and nothing of the app's own.
    const asked = Object.assign({}, given)
    const work = interceptors.run(name, asked, () => run(asked))
    return withCallbacks(Object(given) as O, work, report)
  }

  const wrap =
    <O extends Callbacks<R>, R>(name: string, run: (asked: O) => Promise<R>) =>
    (given: O): Promise<R> =>
      intercepted(name, given, run)

  return {
    callFunction: wrap('callFunction', runFunction),
    request: wrap('request', (asked: RouteRequest) => callRoute(call, asked, wantedType(asked) ?? routeType)),
    connectSocket: (given) =>
      createSocketTask({
        host,
        call,
        report,
        url: `${endpoint.replace('http', 'ws')}/v1/socket?space=${encodeURIComponent(spaceId)}`,
        around: (open) => intercepted('connectSocket', given, open),
      }),
    uploadFile: wrap('uploadFile', files.uploadFile),
    downloadFile: wrap('downloadFile', files.downloadFile),
    getTempFileURL: wrap('getTempFileURL', files.getTempFileURL),
    deleteFile: wrap('deleteFile', files.deleteFile),
    importObject,
    initSecureNetworkByWeixin: subjects.init,
    getCurrentUserInfo: () => readUserInfo(storage.get('uni_id_token') || storage.get('uniIdToken')),
    setCustomClientInfo: bodies.setCustom,
    addInterceptor: interceptors.add,
    removeInterceptor: interceptors.remove,
    interceptObject: (interceptor) => interceptors.add('callObject', interceptor),
    onResponse: responses.on,
    offResponse: responses.off,
    onNeedLogin: logins.on,
    offNeedLogin: logins.off,
    onRefreshToken: refreshes.on,
    offRefreshToken: refreshes.off,
  }
}
