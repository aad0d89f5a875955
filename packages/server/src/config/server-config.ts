import type { App, ScheduledTask } from '@drawbridge/bridge'
import type { FilesConfig } from '../files/files-config.ts'
import type { IdentityConfig } from '../identity/identity-config.ts'
import type { GatewayConfig } from '../gateway/gateway-config.ts'
import type { SecureNetworkConfig } from '../secure-network/config-policies.ts'
import type { Space } from '../spaces/space.ts'

/**
 * The dcloudAppid of an app that serves any: its project's configuration names none. No real dcloudAppid is a `*`.
 */
export const anyDcloudAppid = '*'

/** How uni-cloud-s2s callers prove themselves; the reference's own configuration file, read as it is. */
export type S2sConfig =
  | { readonly type: 'connectCode'; readonly connectCode: string }
  | {
      readonly type: 'sign'
      readonly signKey: string
      readonly hashMethod: 'md5' | 'sha1' | 'sha256' | 'hmac-sha256'
      readonly timeDiffToleranceSeconds: number
      /** The shipped uni-cloud-s2s 1.0.1 hashes with MD5 when told sha256; true talks to such peers. */
      readonly md5AsSha256: boolean
      /** Whether a plain signature may write, although it covers neither method nor value; left out: not in production. */
      readonly allowUnsignedValue?: boolean
      /** Refuses signatures without the header that binds them to the whole request. */
      readonly requireBinding?: boolean
    }

/** A right: app × kind × verb; `*` in a place means every one. */
export interface Scope {
  /** An appid, a dcloudAppid, or `*`. */
  readonly app: string
  /** A credential kind, or `*`. */
  readonly kind: string
  readonly verb: 'read' | 'write' | 'refresh' | 'list' | 'admin' | '*'
}

/** A caller that signs its requests by HTTP Message Signatures (RFC 9421). */
export interface SigningCaller {
  readonly keyId: string
  readonly algorithm: 'hmac-sha256' | 'ed25519'
  /** hmac-sha256: the shared secret, base64; ed25519: the public key, PEM. */
  readonly key: string
  readonly scopes: readonly Scope[]
}

/** Everything the process is told; made by the configuration reader, and by it alone. */
export interface ServerConfig {
  readonly production: boolean
  readonly host: string
  readonly port: number
  /** Declared by the operator: TLS ends at a proxy in front of this process. */
  readonly tlsProxy?: boolean
  /** CIDR ranges of proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[]
  readonly apps: readonly App[]
  readonly schedule: readonly ScheduledTask[]
  /** The service spaces whose clients are served. */
  readonly spaces: readonly Space[]
  /** Cloud storage; undefined: the spaces have none. */
  readonly files?: FilesConfig
  /** Logins; undefined: neither a space nor the file asks for them. */
  readonly identity?: IdentityConfig
  /** Which clients may call which functions; undefined: the secure network is off. */
  readonly secureNetwork?: SecureNetworkConfig
  /** Backends that clients may call; undefined: none. */
  readonly gateway?: GatewayConfig
  readonly store: { readonly sqlitePath: string; readonly redisUrl?: string }
  /** 32 bytes; wraps the data keys. */
  readonly masterKey: Uint8Array
  readonly callers: {
    /** Addresses and CIDR ranges that are callers by themselves; scopes `*`. */
    readonly allowList: readonly string[]
    readonly s2s?: S2sConfig
    readonly signing: readonly SigningCaller[]
  }
  /** Requests per minute and caller; 0: no limit. */
  readonly rateLimitPerMinute: number
  readonly bodyMaxBytes: number
  readonly audit: { readonly keepDays: number; readonly maxRows: number }
  /** Where the platforms are; overridden to reach the simulator. */
  readonly upstream: {
    readonly weixin: string
    /** Takes the calls while `weixin` cannot be reached; undefined: nothing does. */
    readonly weixinBackup?: string
    readonly qq: string
    readonly graphQq: string
    readonly timeoutMs: number
  }
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
}
