import type { Bridge, OpendbDocument, OpendbImport } from '@drawbridge/bridge'
import type { Audit } from '../audit/create-audit.ts'
import type { BearerTokens } from '../callers/tokens/bearer-tokens.ts'
import type { ConfigSources, LoadedConfig } from '../config/load-config.ts'
import type { ServerConfig } from '../config/server-config.ts'
import type { CallIntake } from '../calls/call-intake.ts'
import type { FunctionHost } from '../functions/function-host.ts'
import type { SecureNetworkDesk } from '../secure-network/verdicts/open-desk.ts'
import type { Space } from '../spaces/space.ts'

/** Stores, keys and bridge, opened as one more replica beside whatever else runs on them; no timers, no HTTP. */
export interface Replica {
  readonly bridge: Bridge
  readonly tokens: BearerTokens
  readonly audit: Audit
  readonly keys: KeyRotation
  /** Writes a record of no meaning through every tier, reads it back and removes it. Throws `STORE_UNAVAILABLE`. */
  probeStore(): Promise<void>
  /** Every record as the reference would have written it; secrets in clear. */
  exportOpendb(): AsyncIterable<OpendbDocument>
  importOpendb(documents: Iterable<OpendbDocument>): Promise<OpendbImport>
  close(): Promise<void>
}

/** What a rotation did. */
export interface KeysRotated {
  /** The new key's name. */
  readonly keyId: string
  readonly resealed: number
  /** Records that could not be opened; they keep their old key. */
  readonly unreadable: number
}

/** Rotation while servers run on the same store. */
export interface KeyRotation {
  /** A new data key; every record is sealed with it, and the keys that none needs are dropped. */
  rotate(onProgress: (done: number, total: number) => void): Promise<KeysRotated>
  /** Wraps the data keys with another master key. Servers go on; they need the new one at their next start. */
  changeMasterKey(next: Uint8Array): Promise<void>
}

/** That a platform answers, and when it thinks that it is. */
export interface PlatformProbe {
  readonly status: number
  /** The platform's Date header, ms since epoch; undefined: it sent none. */
  readonly date: number | undefined
  /** How long the answer took, ms. */
  readonly tookMs: number
}

/** How to start a server. */
export interface ServerOptions {
  /** Where its log goes: lines of JSON to standard output, lines for people to standard error, or nowhere. */
  readonly log: 'json' | 'people' | 'none'
  /** Who starts it shows the faults of functions (`RunningServer.functions`), and the log does not repeat them. */
  readonly showsFaults?: boolean
}

/** A server that listens. */
export interface RunningServer {
  /** `http://127.0.0.1:7400` */
  readonly endpoint: string
  readonly replica: Replica
  /** What runs the functions of its spaces. */
  readonly functions?: FunctionHost
  /** Finishes requests and refreshes in flight, then closes the stores. */
  close(): Promise<void>
}

/** The functions of the configured spaces, with everything that they may ask for; no HTTP, no timers. */
export interface OpenedFunctions {
  readonly spaces: readonly Space[]
  readonly host: FunctionHost
  /** The way into functions and built-in objects alike. */
  readonly path: CallIntake
  close(): Promise<void>
}

/** What the composition root gives to the command line. */
export interface Machinery {
  readonly loadConfig: (sources: ConfigSources) => LoadedConfig
  readonly openReplica: (config: ServerConfig) => Promise<Replica>
  /** Throws `MASTER_KEY_INVALID`, `STORE_UNAVAILABLE`. */
  readonly openFunctions: (config: ServerConfig) => Promise<OpenedFunctions>
  /** Policies and verdicts of the configured spaces; throws `STORE_UNAVAILABLE`. */
  readonly openDesk?: (config: ServerConfig) => Promise<SecureNetworkDesk>
  /** Throws `PORT_BUSY`, `SERVER_OPEN_TO_ALL`, `MASTER_KEY_INVALID`, `STORE_UNAVAILABLE`. */
  /** What the platform at this address says of the time; throws `UPSTREAM_UNREACHABLE`. */
  readonly probePlatform: (url: string, timeoutMs: number) => Promise<PlatformProbe>
  readonly startServer: (config: ServerConfig, options: ServerOptions) => Promise<RunningServer>
}
