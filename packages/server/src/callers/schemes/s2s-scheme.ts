import { DrawbridgeError } from '@drawbridge/protocol'
import { S2sError, formFields, s2sPolicy, verifyHttpInfo } from '@drawbridge/runtime/s2s'
import type { S2sHttpInfo } from '@drawbridge/runtime/s2s'
import type { S2sConfig } from '../../config/server-config.ts'
import type { CallerRequest, Scheme } from '../caller.ts'
import { constantTimeEqual } from '../constant-time-equal.ts'
import { S2S_BINDING_HEADER, s2sBinding } from '../s2s/s2s-binding.ts'
import { everyCredential } from '../scope.ts'

/**
 * uni-cloud-s2s: the connect code, or the signature. All its callers share one code or key, so they are one caller,
 * with every right over credentials and none to administer. A plain signature covers fields only (`Caller.covers`);
 * with the binding header it covers the request.
 */
export function s2sScheme({
  config,
  now,
}: {
  readonly config: S2sConfig | undefined
  readonly now: () => number
}): Scheme {
  const policy = config && s2sPolicy(config)
  return {
    name: 's2s',
    // People choose connect codes.
    isGuessable: true,
    presents: ({ headers }) =>
      headers['unicloud-s2s-authorization'] !== undefined ||
      headers['unicloud-s2s-signature'] !== undefined ||
      headers['unicloud-s2s-timestamp'] !== undefined,
    identify(request) {
      if (!config || !policy)
        throw new DrawbridgeError('CALLER_UNKNOWN', { reason: 'uni-cloud-s2s is not configured here' })
      if (policy.type === 'sign') assertReadAsSigned(request)
      try {
        verifyHttpInfo(policy, httpInfo(request), now())
      } catch (error) {
        if (!(error instanceof S2sError)) throw error
        throw new DrawbridgeError('SIGNATURE_INVALID', { reason: error.message, errCode: error.errCode })
      }
      return { id: 's2s', scheme: 's2s', scopes: everyCredential, covers: coverage(config, request) }
    },
  }
}

/**
 * What is signed has to be what is read: the routes read every body as JSON, so a body that is signed as a form would
 * be two things at once.
 */
function assertReadAsSigned({ method, headers }: CallerRequest): void {
  if (method !== 'POST' || text(headers['content-type']).toLowerCase().startsWith('application/json')) return
  throw new DrawbridgeError('SIGNATURE_INVALID', {
    component: 'content-type',
    reason: 'a signed body is JSON, and says so in its content-type',
  })
}

function coverage(config: S2sConfig, request: CallerRequest): 'request' | 'fields' {
  // The connect code is no signature: whoever shows it may say anything, as with a bearer token.
  if (config.type === 'connectCode') return 'request'
  const binding = text(request.headers[S2S_BINDING_HEADER])
  if (binding === '') {
    if (!config.requireBinding) return 'fields'
    throw new DrawbridgeError('SIGNATURE_INVALID', {
      component: S2S_BINDING_HEADER,
      reason: 'plain uni-cloud-s2s signatures are switched off here; add the binding header',
    })
  }
  const timestamp = text(request.headers['unicloud-s2s-timestamp'])
  if (constantTimeEqual(binding, s2sBinding(config.signKey, { ...request, timestamp }))) return 'request'
  throw new DrawbridgeError('SIGNATURE_INVALID', {
    component: S2S_BINDING_HEADER,
    reason: 'the binding does not fit the request',
  })
}

function httpInfo(request: CallerRequest): S2sHttpInfo {
  const query = request.target.indexOf('?')
  return {
    httpMethod: request.method,
    headers: request.headers,
    body: request.body && Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength).toString(),
    isBase64Encoded: request.headers['x-body-encoding'] === 'base64',
    queryStringParameters: query === -1 ? {} : formFields(request.target.slice(query + 1)),
  }
}

function text(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' ? header : ''
}
