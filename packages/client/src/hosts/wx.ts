/** As much of WeChat's `wx` as the client uses: what is marked with a question mark came with a later base library. */
export interface Wx {
  request(options: object): unknown
  login(options: object): unknown
  uploadFile(options: object): {
    onProgressUpdate(
      listener: (progress: { readonly totalBytesSent: number; readonly totalBytesExpectedToSend: number }) => void,
    ): unknown
  }
  downloadFile(options: object): unknown
  connectSocket(options: object): WxSocketTask
  getFileSystemManager(): {
    readFile(options: object): unknown
    writeFile(options: object): unknown
    unlink(options: object): unknown
  }
  readonly env: { readonly USER_DATA_PATH: string }
  getRandomValues?(options: object): unknown
  getUserCryptoManager?(): {
    getLatestUserKey(options: object): void
    getRandomValues(options: object): void
  }
  getStorageSync(name: string): unknown
  setStorageSync(name: string, value: unknown): void
  getAccountInfoSync(): { readonly miniProgram: { readonly appId: string } }
  getAppBaseInfo?(): object
  getDeviceInfo?(): object
  getSystemInfoSync(): object
  showLoading?(options: object): unknown
  hideLoading?(options?: object): unknown
  showToast?(options: object): unknown
  showModal?(options: object): unknown
}

/** As much of a SocketTask as the client uses. */
export interface WxSocketTask {
  send(options: object): unknown
  close(options: object): unknown
  onOpen(listener: () => void): unknown
  onMessage(listener: (event: { readonly data: string | ArrayBuffer }) => void): unknown
  onError(listener: (event: object) => void): unknown
  onClose(listener: (event: object) => void): unknown
}
