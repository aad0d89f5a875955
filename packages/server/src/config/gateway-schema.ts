import Type from 'typebox'
import type { Static } from 'typebox'
import { gatewayMethods } from '../gateway/gateway-config.ts'
import { secretSchema } from './secret-schema.ts'
import { ruleSchema } from './secure-network-schema.ts'

const strict = { additionalProperties: false } as const

function words<const Word extends string>(list: readonly Word[], description: string) {
  return Type.Unsafe<Word>(Type.Enum([...list], { description }))
}

const routeSchema = Type.Object(
  {
    name: Type.String({ pattern: '^[\\w-]{1,64}$', description: 'Unique; rules of a space name the route h:name.' }),
    path: Type.String({
      minLength: 1,
      maxLength: 512,
      description: '"/orders/new", "/orders/:id" (one segment), "/orders/*" (/orders and everything below).',
    }),
    methods: Type.Optional(
      Type.Array(words(gatewayMethods, 'A method.'), {
        minItems: 1,
        uniqueItems: true,
        description: 'Which methods the route takes; all of these when left out.',
      }),
    ),
    upstream: Type.String({
      minLength: 1,
      description: 'The backend: "http://127.0.0.1:3000"; a path in it stands before every path.',
    }),
    stripPrefix: Type.Optional(
      Type.String({ minLength: 1, description: 'What is taken off the path before it goes to the backend: "/api".' }),
    ),
    policy: Type.Optional(
      Type.Array(ruleSchema, { description: 'Who may call; the rules of the space decide when left out.' }),
    ),
    bodyMaxBytes: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 12_000_000,
        description:
          'Of a request’s and of a response’s body, and of a socket’s message; 1048576. More than about 1 MiB goes in chunks alone.',
      }),
    ),
    timeoutMs: Type.Optional(
      Type.Integer({
        minimum: 10,
        maximum: 600_000,
        description:
          'Until the response is there, or the socket is open; of a response in chunks the longest gap. 10000.',
      }),
    ),
    space: Type.Optional(
      Type.String({ minLength: 1, description: 'The space whose clients may call; those of any when left out.' }),
    ),
    plain: Type.Optional(
      words(['refuse', 'allow'], 'Whether calls without an envelope are let on to the policy; refuse.'),
    ),
    webSocket: Type.Optional(
      Type.Boolean({ description: 'Whether the route takes sockets, on GET of its path; false.' }),
    ),
    responseHeaders: Type.Optional(
      Type.Array(Type.String({ pattern: '^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$' }), {
        uniqueItems: true,
        description: 'Response headers that go to the client besides the usual ones.',
      }),
    ),
  },
  { ...strict, description: 'A part of a backend that clients may call.' },
)

/** `gateway` of the configuration file. */
export const gatewaySchema = Type.Object(
  {
    signingKey: secretSchema,
    routes: Type.Array(routeSchema, { minItems: 1, maxItems: 1000, description: 'The first that matches decides.' }),
  },
  { ...strict, description: 'Backends behind this server: calls are opened, admitted, forwarded, sealed.' },
)

/** `gateway` as a valid file has it. */
export type GatewayInFile = Static<typeof gatewaySchema>
