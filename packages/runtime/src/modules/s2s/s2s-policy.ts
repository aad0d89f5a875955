import { createHash, createHmac } from 'node:crypto'
import { misconfigured } from './s2s-error.ts'

/** uni-cloud-s2s's own configuration file, as it may be found; a server's own configuration says `…Seconds`. */
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
}

/** The file, read and ready for use. */
export type S2sPolicy =
  | { readonly type: 'connectCode'; readonly connectCode: string }
  | {
      readonly type: 'sign'
      readonly hashMethod: string
      readonly toleranceMs: number
      /** The signature, in lower-case hex, of `<timestamp>\n<payload>`. */
      readonly digest: (content: string) => string
    }

type Digest = (content: string, signKey: string) => string

const hashMethods: Readonly<Record<string, Digest>> = Object.assign(Object.create(null) as Record<string, Digest>, {
  md5: hashed('md5'),
  sha1: hashed('sha1'),
  sha256: hashed('sha256'),
  'hmac-sha256': (content: string, signKey: string) => createHmac('sha256', signKey).update(content).digest('hex'),
})

/** Reads the file. Throws errCode 50000 with the reference's sentences when it cannot work. */
export function s2sPolicy({ type, connectCode, ...file }: S2sFile): S2sPolicy {
  if (type === 'connectCode') {
    if (!connectCode) throw misconfigured('Invalid connectCode in config')
    return { type, connectCode }
  }
  if (type !== 'sign')
    throw misconfigured(`Invalid uni-cloud-s2s config, expected policy is "code" or "sign", got ${type}`)
  const { signKey, hashMethod = 'hmac-sha256', timeDiffTolerance = 60, md5AsSha256 = false } = file
  if (!signKey) throw misconfigured('Invalid signKey in config')
  const digest = hashMethods[hashMethod === 'sha256' && md5AsSha256 ? 'md5' : hashMethod]
  if (!digest)
    throw misconfigured(
      `Invalid hashMethod in config, expected "md5", "sha1", "sha256" or "hmac-sha256", got "${hashMethod}"`,
    )
  const toleranceMs = (file.timeDiffToleranceSeconds ?? timeDiffTolerance) * 1000
  return { type, hashMethod, toleranceMs, digest: (content) => digest(content, signKey) }
}

function hashed(algorithm: string): Digest {
  return (content, signKey) => createHash(algorithm).update(`${content}\n${signKey}`).digest('hex')
}
