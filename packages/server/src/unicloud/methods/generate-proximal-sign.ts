import Type from 'typebox'
import type { ClientMethod } from './client-method.ts'
import { fileMethod } from './file-method.ts'
import { fileText, strict } from './file-texts.ts'

/** `serverless.file.resource.generateProximalSign`: leave to upload one file. */
export const generateProximalSign: ClientMethod = {
  aliyun: fileMethod(
    Type.Object({ env: fileText, filename: fileText, fileId: Type.Optional(fileText) }, strict),
    (files, call, params) => files.signAliyunUpload(call, params),
  ),
  dcloud: fileMethod(Type.Object({ cloudPath: fileText }, strict), (files, call, params) =>
    files.signDcloudUpload(call, params),
  ),
}
