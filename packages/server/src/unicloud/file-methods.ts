import type { CallFacts, Json } from '@drawbridge/runtime'
import type { Space } from '../spaces/space.ts'

/** Who asks for a file, and in which space. */
export interface FileCall {
  readonly space: Space
  readonly facts: CallFacts
  /** Scheme and authority under which the client reached this server, for URLs that it is to use. */
  readonly origin: { readonly scheme: string; readonly authority: string }
}

/**
 * The file methods of the stock client: `uploadFile`, `getTempFileURL`, `deleteFile` of both its classes. What they
 * give becomes the reply's `data`; what they throw becomes a gateway error. The parameters fit their types; names and
 * ids in them are strangers' texts.
 */
export interface FileMethods {
  /** aliyun: the fields of a form upload (`cdnDomain, ossPath, host, accessKeyId, signature, policy, id, …`). */
  signAliyunUpload(
    call: FileCall,
    params: { readonly env: string; readonly filename: string; readonly fileId?: string },
  ): Promise<Json>
  /** aliyun: the upload with this `id` is done. */
  reportAliyunUpload(call: FileCall, params: { readonly id: string }): Promise<Json>
  /**
   * aliyun: `{url}` for each id, in their order. A thrown error leaves `getTempFileURL` of the client waiting for ever:
   * for an unknown id give an entry without `url`.
   */
  describeAliyunFiles(call: FileCall, ids: readonly string[]): Promise<readonly Json[]>
  /** dcloud: `{url, formData, name, fileUrl}`; the upload's url is absolute. */
  signDcloudUpload(call: FileCall, params: { readonly cloudPath: string }): Promise<Json>
  /** dcloud: the upload to this path is done. */
  reportDcloudUpload(call: FileCall, params: { readonly cloudPath: string }): Promise<Json>
  /** dcloud. */
  deleteDcloudFiles(call: FileCall, params: { readonly fileList: readonly string[] }): Promise<Json>
  /** dcloud: `{fileList: [{fileID, tempFileURL}]}`; `maxAge` in seconds. */
  signDcloudUrls(
    call: FileCall,
    params: { readonly fileList: readonly string[]; readonly maxAge?: number },
  ): Promise<Json>
}
