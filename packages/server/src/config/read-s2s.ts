import type { Report } from './mistake.ts'
import type { Place } from './place.ts'
import { at, isObject, members } from './place.ts'
import type { S2sConfig } from './server-config.ts'
import { suggest } from './suggest.ts'

const fieldsOf: Readonly<Record<S2sConfig['type'], readonly string[]>> = {
  connectCode: ['type', 'connectCode'],
  sign: ['type', 'signKey', 'hashMethod', 'timeDiffTolerance'],
}

const hashMethods = ['md5', 'sha1', 'sha256', 'hmac-sha256'] as const

/** What `drawbridge.config.json` adds to the reference's own file. */
export interface S2sSwitches {
  readonly md5AsSha256?: boolean | undefined
  readonly allowUnsignedValue?: boolean | undefined
  readonly requireBinding?: boolean | undefined
}

interface S2sOptions extends S2sSwitches {
  readonly production: boolean
}

/**
 * `uni-cloud-s2s/config.json`. Its mistakes are errors, since a caller would be let in or kept out by accident;
 * an unknown key is a warning.
 */
export function readS2s(root: Place, report: Report, options: S2sOptions): S2sConfig | undefined {
  if (!isObject(root.value)) {
    report('VALUE_WRONG', root, { expected: '{ "type": "connectCode", "connectCode": "…" }' })
    return undefined
  }
  const type = at(root, 'type')
  if (type.value !== 'connectCode' && type.value !== 'sign') {
    const suggestion = suggest(String(type.value), ['connectCode', 'sign'])
    report('S2S_TYPE_UNKNOWN', type, suggestion ? { suggestion } : {})
    return undefined
  }
  reportUnknownKeys(root, fieldsOf[type.value], report)
  const secretKey = type.value === 'connectCode' ? 'connectCode' : 'signKey'
  const secret = readSecret(at(root, secretKey), secretKey, report, options.production)
  if (type.value === 'connectCode')
    return secret === undefined ? undefined : { type: 'connectCode', connectCode: secret }
  const hashMethod = readHashMethod(at(root, 'hashMethod'), report, options.md5AsSha256 ?? false)
  const timeDiffToleranceSeconds = readTolerance(at(root, 'timeDiffTolerance'), report)
  if (secret === undefined || hashMethod === undefined || timeDiffToleranceSeconds === undefined) return undefined
  return {
    type: 'sign',
    signKey: secret,
    hashMethod,
    timeDiffToleranceSeconds,
    md5AsSha256: options.md5AsSha256 ?? false,
    ...(options.allowUnsignedValue !== undefined && { allowUnsignedValue: options.allowUnsignedValue }),
    ...(options.requireBinding !== undefined && { requireBinding: options.requireBinding }),
  }
}

function reportUnknownKeys(root: Place, known: readonly string[], report: Report): void {
  for (const [key, place] of members(root)) {
    if (known.includes(key)) continue
    const suggestion = suggest(key, known)
    report('KEY_UNKNOWN', place, { key, ...(suggestion && { suggestion }) }, 'warning')
  }
}

/** Shorter secrets can be guessed. */
const SECRET_MIN_LENGTH = 16

function readSecret(place: Place, key: string, report: Report, production: boolean): string | undefined {
  // Taken as written: the reference compares it whole, blanks included.
  if (typeof place.value !== 'string' || place.value === '') {
    if (typeof place.value === 'number') report('QUOTES_MISSING', place)
    else report('S2S_SECRET_MISSING', place, { key })
    return undefined
  }
  if (key === 'connectCode' && !/^[\x21-\x7e]+$/.test(place.value)) report('S2S_CODE_UNSENDABLE', place)
  if (place.value.length < SECRET_MIN_LENGTH) {
    report('S2S_SECRET_SHORT', place, { key }, production ? 'error' : 'warning')
  }
  return place.value
}

function readHashMethod(place: Place, report: Report, md5AsSha256: boolean): (typeof hashMethods)[number] | undefined {
  if (place.value === undefined) return 'hmac-sha256'
  const method = hashMethods.find((name) => name === place.value)
  if (!method) {
    const suggestion = typeof place.value === 'string' ? suggest(place.value, hashMethods) : undefined
    report('S2S_HASH_UNKNOWN', place, suggestion ? { suggestion } : {})
  }
  if (method === 'md5' || method === 'sha1') report('S2S_HASH_WEAK', place, { method })
  if (method === 'sha256' && !md5AsSha256) report('S2S_SHA256', place)
  return method
}

function readTolerance(place: Place, report: Report): number | undefined {
  if (place.value === undefined) return 60
  if (typeof place.value === 'number' && Number.isFinite(place.value) && place.value > 0) return place.value
  report('VALUE_WRONG', place, { expected: 'number > 0 (seconds)' })
  return undefined
}
