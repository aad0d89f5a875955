import { WxError } from './wx-error.ts'

/** What one user's phone keeps for one mini program. */
export interface StorageArea {
  /** Throws for a value that cannot be kept or that is too big. */
  set(api: string, key: string, value: unknown, encrypt: boolean): void
  /** Undefined when there is nothing; throws when the flag is not the one that it was set with. */
  get(api: string, key: string, encrypt: boolean): { readonly value: unknown } | undefined
  remove(key: string): void
  clear(): void
  keys(): string[]
  usedBytes(): number
}

interface Kept {
  readonly text: string
  readonly isDate: boolean
  readonly encrypted: boolean
  readonly bytes: number
}

const MB = 1024 * 1024
const plain = { entryMaxBytes: MB, totalMaxBytes: 10 * MB }
const encrypted = { entryMaxBytes: Math.floor(0.7 * MB), totalMaxBytes: Math.floor(7.1 * MB) }

/** Makes an empty area: 1 MB a key and 10 MB in all; encrypted 0.7 MB and 7.1 MB. */
export function createStorageArea(): StorageArea {
  const entries = new Map<string, Kept>()
  const usedBytes = (): number => [...entries.values()].reduce((sum, entry) => sum + entry.bytes, 0)

  return {
    usedBytes,
    set(api, key, value, encrypt) {
      const { text, isDate } = written(api, key, value)
      const limits = encrypt ? encrypted : plain
      const bytes = Buffer.byteLength(key) + Buffer.byteLength(text)
      if (bytes > limits.entryMaxBytes) throw new WxError(api, 'entry size limit reached')
      if (usedBytes() - (entries.get(key)?.bytes ?? 0) + bytes > limits.totalMaxBytes) {
        throw new WxError(api, 'exceed storage max size')
      }
      entries.set(key, { text, isDate, encrypted: encrypt, bytes })
    },
    get(api, key, encrypt) {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      if (entry.encrypted !== encrypt) throw new WxError(api, 'decrypt data fail')
      const value: unknown = JSON.parse(entry.text)
      return { value: entry.isDate ? new Date(String(value)) : value }
    },
    remove: (key) => void entries.delete(key),
    clear: () => entries.clear(),
    keys: () => [...entries.keys()],
  }
}

/** Native types, Date, and what JSON can write. */
function written(api: string, key: unknown, value: unknown): { readonly text: string; readonly isDate: boolean } {
  if (typeof key !== 'string') throw new WxError(api, 'parameter error: parameter.key should be String')
  try {
    const text = JSON.stringify(value === undefined ? '' : value)
    if (typeof text === 'string') return { text, isDate: value instanceof Date }
  } catch {
    // A circular value, a BigInt: refused below like a function.
  }
  throw new WxError(api, 'parameter error: parameter.data cannot be written as JSON')
}
