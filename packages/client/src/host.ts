/** A request as a host sends it: bytes or text, never something that the host turns into JSON itself. */
export interface HostRequest {
  readonly url: string
  readonly header: Readonly<Record<string, string>>
  readonly body: Uint8Array | string
  readonly timeoutMs?: number | undefined
}

/** What came back, for every HTTP status. */
export interface HostAnswer {
  readonly status: number
  /** Names in any case, as the host has them. */
  readonly header: Readonly<Record<string, unknown>>
  readonly body: Uint8Array
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
