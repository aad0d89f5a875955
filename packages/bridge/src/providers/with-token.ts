import { DrawbridgeError } from '@drawbridge/protocol'
import type { App } from '../credential.ts'
import { textField } from './text-field.ts'
import type { FetchContext } from './provider.ts'

/** The errcodes by which WeChat calls an access_token dead. */
const DEAD_TOKEN_ERRCODES: ReadonlySet<unknown> = new Set([40001, 40014, 42001])

/**
 * Runs a call that needs an application access_token. When the platform calls the token dead, it is reported,
 * and the call is made once more with the next one.
 */
export async function withToken<Answer>(
  app: App,
  context: Pick<FetchContext, 'get' | 'reportInvalid'>,
  call: (accessToken: string) => Promise<Answer>,
): Promise<Answer> {
  const key = { kind: 'access_token', app } as const
  const current = async (): Promise<string> => {
    const token = textField((await context.get(key))?.value, 'access_token')
    if (token === undefined) throw new DrawbridgeError('CREDENTIAL_NOT_FETCHABLE', { platform: app.platform })
    return token
  }
  const token = await current()
  try {
    return await call(token)
  } catch (error) {
    if (!(error instanceof DrawbridgeError) || !DEAD_TOKEN_ERRCODES.has(error.detail['errcode'])) throw error
    await context.reportInvalid(key, token)
    const next = await current()
    if (next === token) throw error
    return call(next)
  }
}
