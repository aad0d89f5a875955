import type { FilePath, HostAnswer, HostFiles } from '../host.ts'

/** What files are to browsers and Node. */
export interface WebFileParts {
  readonly FormData: new () => { append(name: string, value: string | WebBlob, fileName?: string): void }
  readonly Blob: new (parts: Uint8Array<ArrayBuffer>[]) => WebBlob
  /** The file that the app names; rejects where there is none. */
  readonly openFile: (path: FilePath) => Promise<WebBlob>
  readonly keep: HostFiles['keep']
}

/** As much of a `Blob` as the client uses. */
export interface WebBlob {
  readonly size: number
  arrayBuffer(): Promise<ArrayBuffer>
}

/** Files as blobs. @param ask sends a request, with no header but those that it is given */
export function createWebFiles(
  { FormData, Blob, openFile, keep }: WebFileParts,
  ask: (url: string, init: object, timeoutMs?: number) => Promise<HostAnswer>,
): HostFiles {
  return {
    keep,
    read: async (path) => new Uint8Array(await (await openFile(path)).arrayBuffer()),
    async upload({ url, name, formData, file, spareName, timeoutMs, onProgress }) {
      const form = new FormData()
      for (const [field, value] of Object.entries(formData)) form.append(field, value)
      const blob = file instanceof Uint8Array ? new Blob([Uint8Array.from(file)]) : await openFile(file)
      form.append(name, blob, spareName)
      const answer = await ask(url, { method: 'POST', body: form }, timeoutMs)
      onProgress({ loaded: blob.size, total: blob.size })
      return answer
    },
    async download(url, name, timeoutMs) {
      const { status, body } = await ask(url, {}, timeoutMs)
      return Object.assign({ status }, status < 400 && (await keep(body, name)))
    },
  }
}
