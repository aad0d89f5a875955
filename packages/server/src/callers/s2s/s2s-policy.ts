import { createHash } from 'node:crypto'
import { hmacSha256 } from '../signature/hmac-sha256.ts'
import { S2sError } from './s2s-error.ts'

/** uni-cloud-s2s's own configuration file, as it may be found; also fits `ServerConfig.callers.s2s`. */
export interface S2sFile {
  readonly type?: string
  readonly connectCode?: string
  readonly signKey?: string
  /** md5, sha1, sha256 or hmac-sha256 (default). */
  readonly hashMethod?: string
  /** Seconds; 60 by default. */
  readonly timeDiffTolerance?: number
  readonly timeDiffToleranceSeconds?: number
  /** The shipped module 1.0.1 computes MD5 when told sha256; true talks to such peers. */
  readonly md5AsSha256?: boolean
  /** Refuses signatures without the header that binds them to the whole request. */
  readonly requireBinding?: boolean
}

/** The file, read and ready for use. */
export type S2sPolicy =
  | { readonly type: 'connectCode'; readonly connectCode: string }
  | {
      readonly type: 'sign'
      readonly hashMethod: string
      readonly toleranceMs: number
      readonly requireBinding: boolean
      /** The signature, in lower-case hex, of `<timestamp>\n<payload>`. */
      readonly digest: (content: string) => string
      /** HMAC-SHA-256 under the sign key, whatever `hashMethod` says. */
      readonly mac: (message: Uint8Array | string) => Buffer
    }

type Digest = (content: string, signKey: string) => string

const hashMethods: Readonly<Record<string, Digest>> = Object.assign(Object.create(null) as Record<string, Digest>, {
  md5: hashed('md5'),
  sha1: hashed('sha1'),
  sha256: hashed('sha256'),
  'hmac-sha256': (content: string, signKey: string) => hmacSha256(Buffer.from(signKey))(content).toString('hex'),
})

/** Reads the file. Throws `S2sError` 50000 with the reference's sentences when it cannot work. */
export function s2sPolicy(file: S2sFile): S2sPolicy {
  if (file.type === 'connectCode') {
    if (!file.connectCode) throw new S2sError(50000, 'Invalid connectCode in config')
    return { type: 'connectCode', connectCode: file.connectCode }
  }
  if (file.type !== 'sign') {
    throw new S2sError(50000, `Invalid uni-cloud-s2s config, expected policy is "code" or "sign", got ${file.type}`)
  }
  const { signKey, hashMethod = 'hmac-sha256' } = file
  if (!signKey) throw new S2sError(50000, 'Invalid signKey in config')
  const digest = hashMethods[hashMethod === 'sha256' && file.md5AsSha256 ? 'md5' : hashMethod]
  if (!digest) {
    throw new S2sError(
      50000,
      `Invalid hashMethod in config, expected "md5", "sha1", "sha256" or "hmac-sha256", got "${hashMethod}"`,
    )
  }
  const seconds = file.timeDiffToleranceSeconds ?? file.timeDiffTolerance ?? 60
  return {
    type: 'sign',
    hashMethod,
    toleranceMs: seconds * 1000,
    requireBinding: file.requireBinding ?? false,
    digest: (content) => digest(content, signKey),
    mac: hmacSha256(Buffer.from(signKey)),
  }
}

function hashed(algorithm: string): Digest {
  return (content, signKey) => createHash(algorithm).update(`${content}\n${signKey}`).digest('hex')
}
