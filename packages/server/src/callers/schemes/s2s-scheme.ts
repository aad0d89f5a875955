import { DrawbridgeError } from '@drawbridge/protocol'
import type { S2sConfig } from '../../config/server-config.ts'
import type { CallerRequest, Scheme } from '../caller.ts'
import { constantTimeEqual } from '../constant-time-equal.ts'
import { S2S_BINDING_HEADER, s2sBindingContent } from '../s2s/s2s-binding.ts'
import { S2sError } from '../s2s/s2s-error.ts'
import { s2sPolicy } from '../s2s/s2s-policy.ts'
import type { S2sPolicy } from '../s2s/s2s-policy.ts'
import { formFields, verifyByPolicy } from '../s2s/s2s-verify.ts'
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
      if (!policy) throw new DrawbridgeError('CALLER_UNKNOWN', { reason: 'uni-cloud-s2s is not configured here' })
      if (policy.type === 'sign') assertReadAsSigned(request)
      try {
        verifyByPolicy(policy, httpInfo(request), now())
      } catch (error) {
        if (!(error instanceof S2sError)) throw error
        throw new DrawbridgeError('SIGNATURE_INVALID', { reason: error.message, errCode: error.errCode })
      }
      return { id: 's2s', scheme: 's2s', scopes: everyCredential, covers: coverage(policy, request) }
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

function coverage(policy: S2sPolicy, request: CallerRequest): 'request' | 'fields' {
  // The connect code is no signature: whoever shows it may say anything, as with a bearer token.
  if (policy.type === 'connectCode') return 'request'
  const binding = text(request.headers[S2S_BINDING_HEADER])
  if (binding === '') {
    if (!policy.requireBinding) return 'fields'
    throw new DrawbridgeError('SIGNATURE_INVALID', {
      component: S2S_BINDING_HEADER,
      reason: 'plain uni-cloud-s2s signatures are switched off here; add the binding header',
    })
  }
  const timestamp = text(request.headers['unicloud-s2s-timestamp'])
  const expected = policy.mac(s2sBindingContent({ ...request, timestamp })).toString('hex')
  if (constantTimeEqual(binding, `hmac-sha256 ${expected}`)) return 'request'
  throw new DrawbridgeError('SIGNATURE_INVALID', {
    component: S2S_BINDING_HEADER,
    reason: 'the binding does not fit the request',
  })
}

function httpInfo(request: CallerRequest): Parameters<typeof verifyByPolicy>[1] {
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
