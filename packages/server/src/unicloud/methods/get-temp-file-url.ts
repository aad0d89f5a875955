import Type from 'typebox'
import type { ClientMethod } from './client-method.ts'
import { fileMethod } from './file-method.ts'
import { fileTexts, strict } from './file-texts.ts'

/** `serverless.file.resource.getTempFileURL`: URLs that end after `maxAge` seconds. */
export const getTempFileUrl: ClientMethod = {
  dcloud: fileMethod(
    Type.Object({ fileList: fileTexts, maxAge: Type.Optional(Type.Integer({ minimum: 1 })) }, strict),
    (files, call, params) => files.signDcloudUrls(call, params),
  ),
}
