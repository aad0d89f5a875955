/** Where and how the platform pushes messages to an app's own server. */
export interface CallbackConfig {
  readonly url: string
  /** The token that signs; the app's own choice in the console. */
  readonly token: string
  /** 43 characters; needed in safe mode. */
  readonly encodingAesKey?: string
  readonly mode: 'clear' | 'safe'
  readonly format: 'json' | 'xml'
}
