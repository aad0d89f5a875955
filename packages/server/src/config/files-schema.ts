import Type from 'typebox'
import type { Static } from 'typebox'
import { secretSchema } from './secret-schema.ts'

const strict = { additionalProperties: false } as const

/** As HTML's `accept` writes it: an ending, a type, or a family of types. */
const typeEntry = Type.String({ pattern: '^(\\.[\\w.-]{1,32}|[\\w!#$&^.+-]{1,60}/(\\*|[\\w!#$&^.+-]{1,60}))$' })

const settings = {
  maxBytes: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 5 * 1024 ** 3, description: 'Of one file; 52428800 (50 MiB).' }),
  ),
  quotaBytes: Type.Optional(
    Type.Integer({ minimum: 0, description: 'Of all files of a space, 4 KiB each at least; 1073741824 (1 GiB).' }),
  ),
  accept: Type.Optional(
    Type.Array(typeEntry, { description: 'What may be uploaded: ".png", "image/png", "image/*"; everything.' }),
  ),
  refuse: Type.Optional(Type.Array(typeEntry, { description: 'What may not, written the same way; wins. Nothing.' })),
  clientUpload: Type.Optional(Type.Boolean({ description: 'Whether clients may upload; true. Functions always may.' })),
  clientDelete: Type.Optional(
    Type.Boolean({
      description: 'Whether clients (class dcloud, our own) may delete: anybody any file whose id he knows. false.',
    }),
  ),
  publicRead: Type.Optional(
    Type.Boolean({ description: 'Whether a fileID can be read as it is, without a signed URL. false.' }),
  ),
  urlSeconds: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 604_800, description: 'How long a temporary URL is good; 7200.' }),
  ),
  uploadsPerMinute: Type.Optional(
    Type.Integer({
      minimum: 0,
      description: 'Uploads of one address in one space, and as many reads by prepareDownload; 60; 0: no limit.',
    }),
  ),
}

/** `files` of a space: what differs from the server's. */
export const fileSettingsSchema = Type.Object(settings, { ...strict, description: 'The files of this space.' })

/** `files` of the server. */
export const filesSchema = Type.Object(
  {
    folder: Type.Optional(
      Type.String({ minLength: 1, description: 'Where the contents of files are; the folder files of dataDir.' }),
    ),
    publicUrl: Type.Optional(
      Type.String({
        pattern: '^https?://[^/?#@\\s]+$',
        description:
          'Scheme and host under which clients reach this server, for uploads and file URLs. Clients of class aliyun need https; our own need it wherever they do not reach the address that this server listens on.',
      }),
    ),
    s3: Type.Optional(
      Type.Object(
        {
          bucketUrl: Type.String({
            pattern: '^https?://[^?#@\\s]+$',
            description: 'The bucket: http://minio:9000/my-bucket, https://my-bucket.oss-cn-hangzhou.aliyuncs.com',
          }),
          region: Type.Optional(Type.String({ minLength: 1, description: 'us-east-1.' })),
          accessKeyId: Type.String({ minLength: 1 }),
          secretAccessKey: secretSchema,
          prefix: Type.Optional(
            Type.String({ pattern: '^([\\w-]+/)*$', description: 'Before every object’s key: "uploads/". Nothing.' }),
          ),
          publicUrl: Type.Optional(
            Type.String({
              pattern: '^https?://[^?#@\\s]+$',
              description: 'The bucket as clients reach it; then temporary URLs lead there and not to this server.',
            }),
          ),
        },
        { ...strict, description: 'Keep contents in a bucket of an S3-compatible store: MinIO, OSS, COS, AWS.' },
      ),
    ),
    ...settings,
  },
  { ...strict, description: 'Cloud storage: uploadFile, getTempFileURL, deleteFile.' },
)

/** `files` as a valid file has it. */
export type FilesInFile = Static<typeof filesSchema>
/** `files` of a space as a valid file has it. */
export type FileSettingsInFile = Static<typeof fileSettingsSchema>
