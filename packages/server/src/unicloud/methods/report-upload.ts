import Type from 'typebox'
import type { ClientMethod } from './client-method.ts'
import { fileMethod } from './file-method.ts'
import { fileText, strict } from './file-texts.ts'

/** `serverless.file.resource.report`: an upload is done. */
export const reportUpload: ClientMethod = {
  aliyun: fileMethod(Type.Object({ id: fileText }, strict), (files, call, params) =>
    files.reportAliyunUpload(call, params),
  ),
  dcloud: fileMethod(Type.Object({ cloudPath: fileText }, strict), (files, call, params) =>
    files.reportDcloudUpload(call, params),
  ),
}
