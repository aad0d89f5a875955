import type { TSchema } from 'typebox'
import { Type } from 'typebox'
import type { DocumentedRoute, RouteDocument } from './route.ts'

const problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    titleZh: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String({ description: 'Stable; what programs compare' }),
    number: Type.Integer(),
    details: Type.Record(Type.String(), Type.Unknown()),
    remedy: Type.Object({ en: Type.String(), zh: Type.String() }),
    requestId: Type.String(),
    clientRequestId: Type.Optional(Type.String()),
  },
  { description: 'RFC 9457' },
)

const uniError = Type.Object(
  {
    errCode: Type.Union([Type.String(), Type.Integer()]),
    errMsg: Type.String(),
    errSubject: Type.String(),
  },
  { description: 'uniCloud’s response convention' },
)

const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer', description: 'A token made by `drawbridge tokens create`' },
  httpSignature: {
    type: 'apiKey',
    in: 'header',
    name: 'Signature',
    description: 'HTTP Message Signatures (RFC 9421) with Signature-Input and, for a body, Content-Digest (RFC 9530)',
  },
  s2sConnectCode: {
    type: 'apiKey',
    in: 'header',
    name: 'Unicloud-S2s-Authorization',
    description: 'uni-cloud-s2s: `CONNECTCODE <code>`',
  },
  s2sSignature: {
    type: 'apiKey',
    in: 'header',
    name: 'Unicloud-S2s-Signature',
    description:
      'uni-cloud-s2s: `<method> <hex>`, with Unicloud-S2s-Timestamp; /v1 asks for Drawbridge-S2s-Binding too',
  },
} as const

/** The OpenAPI 3.1 document of these routes. */
export function openapiDocument(routes: readonly DocumentedRoute[]): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const operations = (paths[route.path] ??= {})
    operations[route.method.toLowerCase()] = operation(route)
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Drawbridge',
      version: '1',
      description:
        'The credential bridge. Addresses on the allow-list need no credential. Every refusal has a stable code, listed in docs/errors.md.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: { schemas: { Problem: problem, UniError: uniError }, securitySchemes },
    // Any one of them will do; an empty one stands for the address allow-list.
    security: [...Object.keys(securitySchemes).map((name) => ({ [name]: [] })), {}],
  }
}

function operation(route: DocumentedRoute): object {
  const { operationId, tag, summary, answers, access, face } = route
  const error = { $ref: `#/components/schemas/${face === 'uni' ? 'UniError' : 'Problem'}` }
  const errorType = face === 'uni' ? 'application/json' : 'application/problem+json'
  return {
    operationId,
    tags: [tag],
    summary,
    ...(access === 'public' ? { security: [] } : {}),
    parameters: [...pathParameters(route), ...parameters('query', properties(route.query), requiredNames(route.query))],
    ...requestBody(route),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, { description, schema, mediaType = 'application/json' }]) => [
          status,
          schema ? { description, content: { [mediaType]: { schema } } } : { description },
        ]),
      ),
      default: { description: 'Refused, or failed', content: { [errorType]: { schema: error } } },
    },
  }
}

/** What the path names, and only that: the rows of one family share a schema. */
function pathParameters({ path, params }: RouteDocument): readonly object[] {
  const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const schemas = Object.entries(properties(params)).filter(([name]) => named.includes(name))
  return parameters('path', Object.fromEntries(schemas), named)
}

function parameters(
  place: 'path' | 'query',
  schemas: Readonly<Record<string, TSchema>>,
  required: readonly string[],
): readonly object[] {
  return Object.entries(schemas).map(([name, schema]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema,
  }))
}

function requestBody({ body, isBodyOptional = false }: RouteDocument): object {
  if (!body || Type.IsUndefined(body)) return {}
  return { requestBody: { required: !isBodyOptional, content: { 'application/json': { schema: body } } } }
}

function properties(schema: TSchema | undefined): Readonly<Record<string, TSchema>> {
  return schema && Type.IsObject(schema) ? schema.properties : {}
}

/** An object without required properties has no such list, whatever its type says. */
function requiredNames(schema: TSchema | undefined): readonly string[] {
  const { required = [] }: { readonly required?: readonly string[] } = schema ?? {}
  return required
}
