import { anonymousAuthorize } from './anonymous-authorize.ts'
import type { ClientMethod } from './client-method.ts'
import { deleteFiles } from './delete-files.ts'
import { describeFiles } from './describe-files.ts'
import { generateProximalSign } from './generate-proximal-sign.ts'
import { getTempFileUrl } from './get-temp-file-url.ts'
import { invokeFunction } from './invoke-function.ts'
import { reportUpload } from './report-upload.ts'

/** The methods of the stock client by their names on the wire. */
export const clientMethods: Readonly<Record<string, ClientMethod>> = Object.freeze(
  Object.assign(Object.create(null) as Record<string, ClientMethod>, {
    'serverless.auth.user.anonymousAuthorize': anonymousAuthorize,
    'serverless.function.runtime.invoke': invokeFunction,
    'serverless.file.resource.generateProximalSign': generateProximalSign,
    'serverless.file.resource.report': reportUpload,
    'serverless.file.resource.info': describeFiles,
    'serverless.file.resource.delete': deleteFiles,
    'serverless.file.resource.getTempFileURL': getTempFileUrl,
  }),
)
