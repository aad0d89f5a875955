import Type from 'typebox'
import type { ClientMethod } from './client-method.ts'
import { paramsReader } from './read-params.ts'

const readParams = paramsReader(Type.Object({}, { additionalProperties: false }))

/** `serverless.auth.user.anonymousAuthorize`: a token for whoever knows the space's clientSecret. */
export const anonymousAuthorize: ClientMethod = {
  needsNoToken: true,
  aliyun({ space, params }, { tokens }) {
    readParams(params)
    return Promise.resolve(JSON.stringify(tokens.issue(space.spaceId)))
  },
}
