import { DrawbridgeError } from '@drawbridge/protocol'
import Type from 'typebox'
import type { ClientMethod } from './client-method.ts'
import { fileMethod } from './file-method.ts'
import { FILES_MAX, strict } from './file-texts.ts'

/** `serverless.file.resource.info`: URLs of files whose ids come joined by commas. */
export const describeFiles: ClientMethod = {
  aliyun: fileMethod(Type.Object({ id: Type.String({ minLength: 1 }) }, strict), (files, call, { id }) => {
    const ids = id.split(',')
    if (ids.length > FILES_MAX)
      throw new DrawbridgeError('REQUEST_INVALID', { field: 'params.id', reason: `more than ${FILES_MAX} files` })
    return files.describeAliyunFiles(call, ids)
  }),
}
