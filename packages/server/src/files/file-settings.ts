import type { TypeRules } from './file-type.ts'

/** What a space's files may be and who may do what with them. */
export interface FileSettings extends TypeRules {
  /** Of one file. */
  readonly maxBytes: number
  /** Of all files together; each counts 4 KiB at least. */
  readonly quotaBytes: number
  /** Whether clients may upload; functions always may. */
  readonly clientUpload: boolean
  /**
   * Whether clients may delete: then anybody who knows a file's id may, since a client proves no more than that it has
   * the app. Functions always may.
   */
  readonly clientDelete: boolean
  /** Whether a file's bare URL (its fileID) can be read without a signature, as on uniCloud's own aliyun spaces. */
  readonly publicRead: boolean
  /** How long a temporary URL is good unless its maker says less, seconds. */
  readonly urlSeconds: number
  /** Upload forms that one address may ask for in a minute; 0: no limit. */
  readonly uploadsPerMinute: number
}

/** What holds where the configuration says nothing. */
export const defaultFileSettings: FileSettings = {
  accept: [],
  refuse: [],
  maxBytes: 50 * 1024 * 1024,
  quotaBytes: 1024 * 1024 * 1024,
  clientUpload: true,
  clientDelete: false,
  publicRead: false,
  urlSeconds: 7200,
  uploadsPerMinute: 60,
}
