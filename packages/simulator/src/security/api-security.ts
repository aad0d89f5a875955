/** The keys of an app that has server-API security switched on (request encryption and signature). */
export interface ApiSecurity {
  readonly symmetricKeySn: string
  /** Base64: 32 bytes for AES256_GCM, 16 for SM4_GCM. */
  readonly symmetricKey: string
  readonly cipher: 'AES256_GCM' | 'SM4_GCM'
  readonly developerKeySn: string
  /** PEM; verifies the app's requests (RSA-PSS). */
  readonly developerPublicKey: string
  /** The console serial of the platform certificate. */
  readonly platformSerial: string
  /** PEM; signs the answers (RSA-PSS). */
  readonly platformPrivateKey: string
  /** During a change of certificates: the former one signs too. */
  readonly deprecated?: { readonly serial: string; readonly privateKey: string }
}
