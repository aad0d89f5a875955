/** As much of WeChat's `wx` as the client uses: what is marked with a question mark came with a later base library. */
export interface Wx {
  request(options: object): unknown
  login(options: object): unknown
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
