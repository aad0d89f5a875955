import Type from 'typebox'
import type { ClientMethod } from './client-method.ts'
import { fileMethod } from './file-method.ts'
import { fileTexts, strict } from './file-texts.ts'

/** `serverless.file.resource.delete`. */
export const deleteFiles: ClientMethod = {
  dcloud: fileMethod(Type.Object({ fileList: fileTexts }, strict), (files, call, params) =>
    files.deleteDcloudFiles(call, params),
  ),
}
