/**
 * Engines of before 2020 have no BigInt, and the ciphers below use it when they load and to write lengths: numbers
 * below 2^53 do for both. Nothing is touched where BigInt is there.
 */
export function installBigIntShim(host: object): void {
  if ('BigInt' in host) return
  Object.defineProperty(host, 'BigInt', { value: Number, configurable: true, writable: true })
  Object.defineProperty(DataView.prototype, 'setBigUint64', {
    value(this: DataView, at: number, value: number, isLittleEndian?: boolean) {
      this.setUint32(isLittleEndian ? at + 4 : at, Math.floor(value / 2 ** 32), isLittleEndian)
      this.setUint32(isLittleEndian ? at : at + 4, value >>> 0, isLittleEndian)
    },
    configurable: true,
    writable: true,
  })
}

// Imports are evaluated in the order in which they stand: this file comes before the ciphers.
installBigIntShim(globalThis)
