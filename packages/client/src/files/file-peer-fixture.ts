import { randomBytes } from 'node:crypto'
import {
  FILE_HEAD_BYTES,
  base64urlEncode,
  concatBytes,
  openChunks,
  openFile,
  sealFile,
  utf8Encode,
} from '@drawbridge/protocol'
import type { FileContentKey } from '@drawbridge/protocol'
import { nodePrimitives } from '@drawbridge/protocol/node'
import type { HostAnswer, HostRequest, HostUpload } from '../host.ts'
import { openPeer, plain } from '../peer-fixture.ts'
import type { Peer, PeerCall } from '../peer-fixture.ts'

/** A peer that also keeps files, and a phone that has a disk. */
export interface FilePeer extends Peer {
  /** What the server keeps, by fileID. */
  readonly kept: Map<string, Buffer>
  /** What lies on the phone, by path. */
  readonly disk: Map<string, Uint8Array>
  /** Forms that the phone sent. */
  readonly forms: HostUpload[]
  /** How often each path was read. */
  readonly reads: string[]
  /** Of the object's methods: what came in, and whether it was sealed how. */
  readonly prepared: { readonly method: string; readonly params: object; readonly secretType: string | undefined }[]
  /** Keys that were given, newest last. */
  readonly contentKeys: FileContentKey[]
  /** What the object answers instead, where it is set. */
  result: object | undefined
}

const URL = 'https://files.example.com/'

/** Opens one. */
export async function openFilePeer(options: Parameters<typeof openPeer>[0] = {}): Promise<FilePeer> {
  const parts: Omit<FilePeer, keyof Peer> = {
    kept: new Map(),
    disk: new Map([['wxfile://tmp_1.png', utf8Encode('a picture')]]),
    forms: [],
    reads: [],
    prepared: [],
    contentKeys: [],
    result: undefined,
  }
  const peer: FilePeer = Object.assign(await openPeer(options), parts)
  peer.handler = (call) => peer.result ?? prepare(peer, call)
  peer.elsewhere = (request) => transfer(peer, request)
  peer.files = {
    read(given) {
      const path = given as string
      peer.reads.push(path)
      const bytes = peer.disk.get(path)
      return bytes ? Promise.resolve(bytes) : Promise.reject(new Error(`no such file ${path}`))
    },
    keep(bytes, name) {
      peer.disk.set(name, bytes)
      return Promise.resolve({ tempFilePath: name })
    },
    async upload(form) {
      peer.forms.push(form)
      const bytes = form.file instanceof Uint8Array ? form.file : peer.disk.get(form.file as string)
      if (!bytes) throw new Error('uploadFile:fail no such file')
      peer.kept.set(String(form.formData['policy']), Buffer.from(bytes))
      form.onProgress({ loaded: bytes.length, total: bytes.length })
      return peer.elsewhere({ url: form.url, header: {} })
    },
    async download(url, name) {
      const { status, body } = peer.elsewhere({ method: 'GET', url, header: {} })
      return { status, ...(status < 400 && (await peer.files.keep(body, name))) }
    },
  }
  return peer
}

function prepare(peer: FilePeer, { body, request }: PeerCall): object {
  const { method, params } = body['data'] as { readonly method: string; readonly params: readonly [FileParams] }
  const [{ secret, cloudPath = '', fileID = `${URL}${cloudPath}` }] = params
  const secretType = (request as PeerCall['request'] | undefined)?.header.secretType
  peer.prepared.push({ method, params: params[0], secretType })
  if (!method.startsWith('prepare')) return { fileList: [{ fileID, tempFileURL: `${fileID}?signed`, code: 'SUCCESS' }] }
  const direction = method === 'prepareUpload' ? 'upload' : 'download'
  const suite = 2 as const
  const key: FileContentKey = { suite, contentKey: randomBytes(32), direction }
  if (secret) peer.contentKeys.push(key)
  const content = secret && { content: { suite, key: base64urlEncode(key.contentKey) } }
  const form = { name: 'file', fileID, formData: { policy: fileID, Signature: 's' } }
  return { url: fileID, ...(direction === 'upload' && form), ...content }
}

interface FileParams {
  readonly secret: boolean
  readonly cloudPath?: string
  readonly fileID?: string
}

/** The route of one file: takes and gives sealed content, and plain content where no key was given. */
function transfer(peer: FilePeer, { method, url, body, header }: HostRequest): HostAnswer {
  const key = peer.contentKeys.at(-1)
  const found = peer.kept.get(url)
  if (method !== 'GET') {
    if (!(body instanceof Uint8Array)) return plain(200, {})
    const opener = key && openFile(nodePrimitives, key, body.subarray(0, FILE_HEAD_BYTES))
    const opened = opener && openChunks(opener, body.subarray(FILE_HEAD_BYTES))
    if (!key || !opened || header['content-type'] !== 'application/vnd.usn1')
      return plain(400, { error: { code: 'FILE_UPLOAD_BROKEN' } })
    peer.kept.set(String(header['x-drawbridge-policy']), Buffer.from(opened.body))
    return { status: 200, header: {}, body: sealed({ ...key, direction: 'download' }, new Uint8Array(0)) }
  }
  if (!found) return plain(404, { error: { code: 'FILE_NOT_FOUND' } })
  return { status: 200, header: {}, body: key ? sealed(key, found) : found }
}

/** A file as the server sends it. */
export function sealed(key: FileContentKey, bytes: Uint8Array): Uint8Array {
  const file = sealFile(nodePrimitives, key, randomBytes(16))
  const chunks = file?.sealer.push(bytes)
  const end = file?.sealer.end()
  if (!file || !chunks || !end) throw new Error('the peer could not seal')
  return concatBytes(file.head, ...chunks, end.bytes)
}
