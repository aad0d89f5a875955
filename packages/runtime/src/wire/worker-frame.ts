/** A value that survives JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }
/** An object that survives JSON. */
export type JsonObject = { readonly [name: string]: Json }

/** Who started a call, in uniCloud's words. */
export type CallSource = 'client' | 'http' | 'timing' | 'function' | 'server'

/** Which directions of a call are sealed. */
export type SecretType = 'none' | 'request' | 'response' | 'both'

/** What a URL-ized function is told of its request; `body` is base64 when `isBase64Encoded`. */
export interface HttpInfo {
  readonly path: string
  readonly httpMethod: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly queryStringParameters: Readonly<Record<string, string>>
  readonly body: string
  readonly isBase64Encoded: boolean
}

/** What a timer tells: the trigger's name and the due moment, ms since epoch. */
export interface TimerInfo {
  readonly trigger: string
  readonly dueAt: number
}

/** The facts of one call, as the server knows them. */
export interface CallFacts {
  readonly source: CallSource
  readonly requestId: string
  readonly secretType: SecretType
  /** What the client says of itself; an empty object unless `source` is client. */
  readonly clientInfo: JsonObject
  readonly clientIp: string
  readonly userAgent: string
  readonly uniIdToken?: string
  readonly http?: HttpInfo
  readonly timer?: TimerInfo
}

/** A space, as functions may know it. */
export interface SpaceFacts {
  readonly spaceId: string
  /** What `provider` says in context and `getCloudInfos`: aliyun unless configured. */
  readonly provider: string
  readonly runtimeEnv: 'cloud' | 'local'
  /** What comes after the project's own modules in the order of looking up: absolute paths. */
  readonly projectRoot: string
  /** Whether `uniCloud.redis()` may be had; it throws at once when false. Left out: the first command finds out. */
  readonly redis?: boolean
}

/** How a function is loaded. */
export interface FunctionEntry {
  readonly name: string
  readonly kind: 'function' | 'object'
  /** Absolute path of `index.js`, `index.obj.js`, `.mjs`, `.cjs`, or `.ts`. */
  readonly file: string
}

/** Host → worker. The payload of `call` is the event as JSON text: user data for a function, `{method, params}` for an object. */
export type ToWorker =
  | {
      readonly t: 'start'
      readonly space: SpaceFacts
      readonly functions: readonly FunctionEntry[]
      /** Bare module name → absolute folder of a common module of the project's. */
      readonly modules: Readonly<Record<string, string>>
      /** False: the sources were checked before, as for a worker that takes the place of another; true when left out. */
      readonly checkSyntax?: boolean
      /** Results above are `FUNCTION_RESULT_INVALID`; 6 MiB when left out. */
      readonly resultMaxBytes?: number
    }
  /** `id` counts from 1. */
  | { readonly t: 'call'; readonly id: number; readonly name: string; readonly facts: CallFacts }
  /** The answer to an `ask`; the payload is the value as JSON text, or `{code, message, detail?}` when not ok. */
  | { readonly t: 'answer'; readonly id: number; readonly ok: boolean }

/** Worker → host. The payload of `done` is the result as JSON text (`null` for undefined), or a {@link FunctionFault} when not ok. */
export type FromWorker =
  /** `faults`: sources that cannot be parsed; the worker serves the rest. */
  | { readonly t: 'ready'; readonly faults?: readonly LoadFault[] }
  /** Sent before any of the user's code runs for the call. */
  | { readonly t: 'began'; readonly id: number }
  /**
   * `leftover`: the worker is not as it was before the call (timers, immediates or servers left behind, or an error
   * that nobody caught), so it should get no further call; when no call runs any more after an uncaught error, it ends.
   */
  | { readonly t: 'done'; readonly id: number; readonly ok: boolean; readonly leftover?: boolean }
  /** Asks the server for something; `call` is the call in whose name. The payload is the parameters as JSON text. */
  | { readonly t: 'ask'; readonly id: number; readonly call: number; readonly service: string; readonly method: string }
  /** `call` is 0 for what is said outside every running call. */
  | { readonly t: 'log'; readonly call: number; readonly level: LogLevel; readonly text: string }

/** Why a function did not load, and where. */
export interface LoadFault {
  readonly name: string
  /** Absolute path. */
  readonly file: string
  readonly line?: number
  /** From 1. */
  readonly column?: number
  readonly message: string
}

/** How loud a line of a function's log is. */
export type LogLevel = 'log' | 'info' | 'warn' | 'error' | 'debug'

/** Why a function gave no result. */
export interface FunctionFault {
  /**
   * `FUNCTION_LOAD_FAILED`, `FUNCTION_METHOD_UNKNOWN`, `FUNCTION_RESULT_INVALID`, `FUNCTION_FAILED` (it threw), or
   * `FUNCTION_NOT_FOUND` for a name that `start` did not tell.
   */
  readonly code: string
  readonly message: string
  /** The user's own fields of a thrown error, where it had them. */
  readonly errCode?: string | number
  readonly errSubject?: string
  /** Of a refusal by the server: `{field, reason}`; else the user's own `detail`. */
  readonly detail?: Json
  /** Where it is known: the file, relative to the project, and line. */
  readonly file?: string
  readonly line?: number
  /** For the log, never for callers. */
  readonly stack?: string
}

/** A frame of either direction. */
export type WorkerFrame = ToWorker | FromWorker
