import { DrawbridgeError } from '@drawbridge/protocol'

/** Of whom an instance speaks: a function's `context`, or a cloud object's client info. `config` is the server's own. */
export interface InstanceOptions {
  readonly context?: Readonly<Record<string, unknown>>
  readonly clientInfo?: Readonly<Record<string, unknown>>
  readonly config?: unknown
}

/** Results are uni-id-common's: `{errCode: 0, …}`, or `{errCode, errMsg, code?}` for a refusal; nothing of it throws. */
export interface UniIdInstance {
  checkToken(token: string, options?: { readonly autoRefresh?: boolean }): Promise<unknown>
  createToken(grant: {
    readonly uid: string
    readonly role?: string[]
    readonly permission?: string[]
  }): Promise<unknown>
  refreshToken(old: { readonly token: string }): Promise<unknown>
  setInterceptor(name: string, interceptor: unknown): never
  createInstance(options: InstanceOptions): UniIdInstance
}

/** The module's exports: tokens are made and checked by the server, whose secret no function knows. */
export function createUniId(ask: (method: string, params: unknown) => Promise<unknown>): {
  readonly createInstance: (options?: InstanceOptions) => UniIdInstance
} {
  const createInstance = ({ context, clientInfo }: InstanceOptions = {}): UniIdInstance => {
    const client = context ? clientOfContext(context) : clientInfo
    const told = client === undefined ? {} : { clientInfo: plain(client) }
    return {
      checkToken: (token, { autoRefresh = true } = {}) =>
        ask('checkToken', { token: token || '', autoRefresh, ...told }),
      createToken: ({ uid, role, permission }) =>
        ask('createToken', { uid, ...(role && permission ? { role, permission } : {}), ...told }),
      refreshToken: ({ token }) => ask('refreshToken', { token: token || '', ...told }),
      setInterceptor() {
        throw new DrawbridgeError('UNICLOUD_NOT_SUPPORTED', {
          what: 'uni-id-common setInterceptor',
          instead: 'uni-config-center/uni-id/custom-token.js',
        })
      },
      createInstance,
    }
  }
  return { createInstance }
}

function clientOfContext(context: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return {
    appId: context['APPID'],
    platform: context['PLATFORM'],
    locale: context['LOCALE'],
    clientIP: context['CLIENTIP'],
    deviceId: context['DEVICEID'],
  }
}

/** What JSON can carry of it. */
function plain(client: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(client).filter(([, value]) => typeof value === 'string' || typeof value === 'number'),
  )
}
