import { Type } from 'typebox'
import type { Apps, Credential, CredentialKey, CredentialValue } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import { andThen } from '../../callers/and-then.ts'
import { json, nothing } from '../answer.ts'
import type { Answer } from '../answer.ts'
import type { CredentialActs } from '../credential-acts.ts'
import { v1Route } from '../route.ts'
import type { CallerRoute } from '../route.ts'
import { credentialParams, credentialResources } from './credential-resources.ts'
import type { CredentialParams, CredentialResource } from './credential-resources.ts'
import { resolveApp } from './resolve-app.ts'
import { schemas } from './schemas.ts'

const { moment, noBody, noQuery } = schemas

const credential = Type.Object({
  value: Type.Unknown({ description: 'The credential, with its platform’s own field names' }),
  obtainedAt: moment('When it was obtained or pushed'),
  expiresAt: Type.Union([moment('When it ends'), Type.Null()], { description: 'null: never' }),
  source: Type.Enum(['platform', 'pushed', 'fallback']),
})

const refreshOutcome = Type.Object({
  outcome: Type.Enum(['refreshed', 'unchanged', 'superseded'], {
    description: 'superseded: the reported value had been replaced before',
  }),
  expiresAt: Type.Union([moment('When what is stored now ends'), Type.Null()]),
})

/** Read, push, remove, refresh and report, for each kind of credential. */
export function credentialRoutes({
  acts,
  apps,
}: {
  readonly acts: CredentialActs
  readonly apps: Apps
}): readonly CallerRoute[] {
  return credentialResources.flatMap((resource) => {
    const keyOf = (params: CredentialParams): CredentialKey => ({
      kind: resource.kind,
      app: resolveApp(apps, params.platform, params.app),
      ...resource.key(params),
    })
    const path = `/v1/apps/{platform}/{app}${resource.path}`
    const about = { tag: 'credentials', params: credentialParams, query: noQuery }

    return [
      v1Route({
        ...about,
        operationId: `read${resource.name}`,
        method: 'GET',
        path,
        summary: `Read ${resource.title}; asks the platform on a miss where it can be asked`,
        body: noBody,
        answers: { 200: { description: 'The credential', schema: credential } },
        handle: (input) => andThen(acts.read(input, keyOf(input.params)), credentialAnswer),
      }),
      v1Route({
        ...about,
        operationId: `push${resource.name}`,
        method: 'PUT',
        path,
        summary: `Push ${resource.title}`,
        body: Type.Object(
          {
            value: valueOf(resource),
            expiresIn: Type.Optional(
              Type.Union([Type.Literal(-1), Type.Integer({ minimum: 1, maximum: 10 * 365 * 86_400 })], {
                description: 'Seconds; -1 or left out: for ever',
              }),
            ),
          },
          { additionalProperties: false },
        ),
        answers: { 204: { description: 'Stored durably' } },
        handle: (input) =>
          andThen(acts.set(input, keyOf(input.params), input.body.value, input.body.expiresIn), () => nothing),
      }),
      v1Route({
        ...about,
        operationId: `delete${resource.name}`,
        method: 'DELETE',
        path,
        summary: `Remove ${resource.title}`,
        body: noBody,
        answers: { 204: { description: 'Removed, or was not there' } },
        handle: (input) => andThen(acts.remove(input, keyOf(input.params)), () => nothing),
      }),
      v1Route({
        ...about,
        operationId: `refresh${resource.name}`,
        method: 'POST',
        path: `${path}/refresh`,
        summary: `Ask the platform for ${resource.title} now`,
        body: Type.Object(
          {
            force: Type.Optional(
              Type.Boolean({ description: 'Force a new value where the platform can (WeChat: 20 a day, 30 s apart)' }),
            ),
          },
          { additionalProperties: false },
        ),
        isBodyOptional: true,
        answers: { 200: { description: 'What came of it', schema: refreshOutcome } },
        handle: (input) =>
          andThen(acts.refresh(input, keyOf(input.params), { force: input.body.force ?? false }), json),
      }),
      v1Route({
        ...about,
        operationId: `report${resource.name}`,
        method: 'POST',
        path: `${path}/report-invalid`,
        summary: `Report that the platform refused ${resource.title} (40001, 40014, 42001); refreshed if it is still the current one`,
        body: Type.Object(
          { value: Type.String({ minLength: 1, maxLength: 4096, description: 'The value that was refused' }) },
          { additionalProperties: false },
        ),
        answers: { 200: { description: 'What came of it', schema: refreshOutcome } },
        handle: (input) => andThen(acts.reportInvalid(input, keyOf(input.params), input.body.value), json),
      }),
    ]
  })
}

/** A pushed value: its own fields as text; whatever else the platform sent with them stays. */
function valueOf({ fields }: CredentialResource) {
  return Type.Intersect([
    Type.Record(Type.String(), Type.Unknown()),
    Type.Object(Object.fromEntries(fields.map((name) => [name, Type.String({ minLength: 1, maxLength: 4096 })]))),
  ])
}

function credentialAnswer(found: Credential | null): Answer {
  if (found === null) throw new DrawbridgeError('CREDENTIAL_ABSENT')
  return { status: 200, body: credentialText(found) }
}

/** Texts of credentials that are being read again and again; they go with the value that they are made of. */
const texts = new WeakMap<CredentialValue, { readonly of: Omit<Credential, 'value'>; readonly text: string }>()

function credentialText({ value, obtainedAt, expiresAt, source, revision }: Credential): string {
  const made = texts.get(value)
  if (made?.of.obtainedAt === obtainedAt && made.of.expiresAt === expiresAt && made.of.source === source)
    return made.text
  const text = JSON.stringify({ value, obtainedAt, expiresAt, source })
  texts.set(value, { of: { obtainedAt, expiresAt, source, revision }, text })
  return text
}
