import type { SecretType } from '@drawbridge/protocol'
import type { MakeCall } from '../call/client-call.ts'
import type { Host } from '../host.ts'
import type { UniCloudError } from '../uni-cloud-error.ts'
import { callObject } from './call-object.ts'
import type { Interceptors } from './create-interceptors.ts'

/** What `parseSystemError` is told, and may answer another `errMsg` to. */
export interface SystemErrorFacts {
  readonly objectName: string
  readonly methodName: string
  readonly params: readonly unknown[]
  readonly errCode: unknown
  readonly errMsg: string
  readonly errSubject: string | undefined
}

/** What `importObject` takes; uniCloud's names and defaults. */
export interface ImportObjectOptions {
  /** The app shows loading and errors itself. */
  readonly customUI?: boolean
  readonly loadingOptions?: { readonly title?: string; readonly mask?: boolean }
  readonly errorOptions?: { readonly type?: 'modal' | 'toast'; readonly retry?: boolean }
  /** What is shown, not what is thrown. */
  readonly parseSystemError?: (
    facts: SystemErrorFacts,
  ) => { readonly errMsg?: string } | Promise<{ readonly errMsg?: string }>
  /** What is encrypted by method; `*` for those that are not named. */
  readonly secretMethods?: Readonly<Record<string, SecretType>>
}

/** A cloud object: every name is a method. */
export type CloudObject = Readonly<Record<string, CloudMethod>>

/** One of an object's methods. */
export type CloudMethod = (...params: unknown[]) => Promise<unknown>

/** A new token, as objects give it. */
export interface NewToken {
  readonly token: string
  readonly tokenExpired: number
}

/** What objects are made with. */
export interface ImportObjectDeps {
  readonly call: MakeCall
  readonly host: Host
  readonly interceptors: Interceptors
  /** A result came with a new token. */
  readonly onNewToken: (token: NewToken) => void
  /** A result, or what was thrown. */
  readonly onEnd: (content: unknown) => void
}

/** Makes `importObject`. Its methods throw `UniCloudError`, also for results with an errCode, which are its `detail`. */
export function createImportObject(
  deps: ImportObjectDeps,
): (name: string, options?: ImportObjectOptions) => CloudObject {
  return (name, options = {}) =>
    new Proxy(
      {},
      {
        get: (_, method) => {
          if (method === 'toString') return () => '[object UniCloudObject]'
          // A name that every promise asks for: an object that is awaited is no promise.
          if (typeof method !== 'string' || method === 'toJSON' || method === 'then') return undefined
          return (...params: unknown[]) => {
            const facts = { objectName: name, methodName: method, params }
            const told = (outcome: object): object => Object.assign({}, facts, outcome)
            return deps.interceptors.run('callObject', facts, () => run(deps, facts, options), told)
          }
        },
      },
    )
}

type Facts = Pick<SystemErrorFacts, 'objectName' | 'methodName' | 'params'>

async function run(deps: ImportObjectDeps, facts: Facts, options: ImportObjectOptions): Promise<unknown> {
  const { methodName } = facts
  const { errorOptions = {}, secretMethods = {} } = options
  const ui = options.customUI ? undefined : deps.host.ui
  ui?.showLoading(Object.assign({ title: '加载中...', mask: true }, options.loadingOptions))
  let error: UniCloudError | undefined
  let result: unknown
  try {
    const secretType = own(secretMethods, methodName) ?? own(secretMethods, '*')
    result = (await callObject(deps.call, Object.assign({ secretType }, facts))).result
  } catch (cause) {
    error = cause as UniCloudError
  }
  const { newToken } = Object(error?.detail ?? result) as { readonly newToken?: NewToken }
  if (newToken?.token && newToken.tokenExpired) deps.onNewToken(newToken)
  ui?.hideLoading()
  if (!error) {
    deps.onEnd(result)
    return result
  }
  if (ui) {
    const text = await shownText(error, facts, options)
    const { type = 'modal', retry = false } = errorOptions
    if (type === 'toast') ui.toast(text)
    else if ((await ui.alert(text, retry)) && retry) return run(deps, facts, options)
  }
  deps.onEnd(error)
  throw error
}

function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.prototype.hasOwnProperty.call(table, name) ? table[name] : undefined
}

/** An error that is a result of the object is its author's own sentence. */
async function shownText(
  { errCode, errMsg, errSubject, detail }: UniCloudError,
  facts: Facts,
  { parseSystemError }: ImportObjectOptions,
): Promise<string> {
  if (detail !== undefined || !parseSystemError) return errMsg
  const parsed = await parseSystemError(Object.assign({ errCode, errMsg, errSubject }, facts))
  return parsed.errMsg ?? errMsg
}
