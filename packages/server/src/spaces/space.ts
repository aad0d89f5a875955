/** A service space, in uniCloud's sense: what clients name, and what has functions, documents, users and files of its own. */
export interface Space {
  readonly spaceId: string
  /** Signs the stock client's requests. Compiled into every client: it stops casual scripts and nothing more. */
  readonly clientSecret: string
  /** Origins of browsers that may call, `https://host[:port]`; `*`: any. */
  readonly origins: readonly string[]
  /** What functions are told as provider: aliyun unless configured. */
  readonly provider: string
  /** Absolute path of the folder `uniCloud/cloudfunctions`; undefined: no functions but the built-in ones. */
  readonly functionsFolder?: string
  /** The DCloud appids whose credentials this space's functions may use; left out: every configured app. */
  readonly dcloudAppids?: readonly string[]
  readonly workers: WorkerLimits
  /** The Redis of `uniCloud.redis()`: never the server's own; undefined: the function is told that Redis is off. */
  readonly redisUrl?: string
  /** Environment variables that functions may see, by name; nothing else of the server's environment reaches them. */
  readonly environment: Readonly<Record<string, string>>
  /** What functions are told of where they run, as HBuilderX would: `local` in `drawbridge dev`; cloud when left out. */
  readonly runtimeEnv?: 'cloud' | 'local'
}

/** What a space's functions may take. */
export interface WorkerLimits {
  /** Worker processes at once; calls made by functions may take as many again. */
  readonly max: number
  /** Resident memory of one worker, MiB. */
  readonly memoryMb: number
  /** For functions whose package.json says none, seconds. */
  readonly timeoutSeconds: number
  /** Calls that may wait for a worker. */
  readonly queueMax: number
  /** Runs workers as this user and group (numbers), where the server is root. */
  readonly uid?: number
  readonly gid?: number
}
