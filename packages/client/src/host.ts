/** A request as a host sends it: bytes or text, never something that the host turns into JSON itself. */
export interface HostRequest {
  /** POST unless given; a GET has no body. */
  readonly method?: 'GET'
  readonly url: string
  readonly header: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
  readonly timeoutMs?: number | undefined
}

/** What came back, for every HTTP status. */
export interface HostAnswer {
  readonly status: number
  /** Names in any case, as the host has them. */
  readonly header: Readonly<Record<string, unknown>>
  readonly body: Uint8Array
}

/** A file as the app names it: a path, in a page also a `File`, a `Blob` or a `blob:` URL. */
export type FilePath = string | object

/** A file that goes up as the last part of a form. */
export interface HostUpload {
  readonly url: string
  /** The name of the file's part. */
  readonly name: string
  readonly formData: Readonly<Record<string, string>>
  /** Bytes in memory, or else a file. */
  readonly file: Uint8Array | FilePath
  /** What a new file may be called, where the host can only send files. */
  readonly spareName: string
  readonly timeoutMs?: number | undefined
  /** Told of bytes, where the host tells of any before the end. */
  readonly onProgress: (progress: FileProgress) => void
}

/** uniCloud's names. */
export interface FileProgress {
  readonly loaded: number
  readonly total: number
}

/** A file that came down: a path where the host has paths for it, else its bytes. */
export interface KeptFile {
  readonly tempFilePath?: string | undefined
  readonly data?: Uint8Array | undefined
}

/** A host's files. What is rejected leaves no file behind. */
export interface HostFiles {
  /** The whole file. */
  read(path: FilePath): Promise<Uint8Array>
  /** A new file for the app. @param name of letters, digits and a dot */
  keep(bytes: Uint8Array, name: string): Promise<KeptFile>
  /** Gives what came back, for every HTTP status. */
  upload(upload: HostUpload): Promise<Omit<HostAnswer, 'header'>>
  /** As `keep`, of an answer; nothing is kept of one whose status is 400 or more. */
  download(url: string, name: string, timeoutMs?: number): Promise<KeptFile & { readonly status: number }>
}

/** One WebSocket. */
export interface HostSocket {
  /** Rejects when it is not open. */
  send(message: Uint8Array): Promise<unknown>
  close(): void
}

/** What a host tells of a WebSocket, none of it before `connect` has returned. */
export interface HostSocketEvents {
  open(): void
  message(data: Uint8Array | string): void
  /** It could not be opened, or is closed; may be told twice. */
  gone(cause: unknown): void
}

/** WeChat's key of the mini program's user, as `getLatestUserKey` gives it. */
export interface UserKey {
  /** 16 bytes in base64. */
  readonly encryptKey: string
  /** 16 characters. */
  readonly iv: string
  readonly version: number
  /** A moment, in ms (in seconds from some base libraries). */
  readonly expireTime: number
}

/** What only a mini program of WeChat has. */
export interface Weixin {
  /** The mini program's own id, `wx…`. */
  appId(): string
  /** A fresh login code. */
  login(): Promise<string>
  userKey(): Promise<UserKey>
}

/** What `importObject` shows unless the app shows it itself. */
export interface HostUi {
  showLoading(options: { readonly title: string; readonly mask: boolean }): void
  hideLoading(): void
  toast(text: string): void
  /** Whether the user wants it tried again; asked only with `retry`. */
  alert(text: string, retry: boolean): Promise<boolean>
}

/**
 * Everything that the client needs of where it runs. Rejections of its promises may be anything: they become the
 * `cause` of the error that the app gets.
 */
export interface Host {
  /** uniCloud's `uniPlatform`: `mp-weixin`, `web`, `app` … */
  readonly platform: string
  /** Rejects when no answer came. */
  request(request: HostRequest): Promise<HostAnswer>
  /** So many bytes from a generator that is fit for keys. */
  random(length: number): Promise<Uint8Array>
  /** ms since epoch. */
  now(): number
  /** Runs once after so many ms, unless it is stopped by calling what this gives. */
  startTimer(ms: number, run: () => void): () => void
  /**
   * Told of what a listener or a callback of the app's threw. Absent: it is thrown again from a timer, where pages and
   * mini programs report it as they report what their own listeners throw.
   */
  readonly report?: ((error: unknown) => void) | undefined
  readonly files: HostFiles
  /** Opens a WebSocket under one subprotocol. */
  connect(url: string, protocol: string, events: HostSocketEvents): HostSocket
  /** What outlives a start of the app; `undefined`, `null` and '' are all nothing. */
  readonly storage: {
    get(name: string): unknown
    set(name: string, value: string | number): void
  }
  /** What is known of system and device, in the names of uniCloud's `clientInfo`. */
  info(): Readonly<Record<string, unknown>>
  /** Absent: this platform has no user keys, and encrypted calls end with 20000. */
  readonly weixin?: Weixin | undefined
  readonly ui?: HostUi | undefined
}
