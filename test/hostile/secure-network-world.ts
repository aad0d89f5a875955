import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import type { ClientServerOptions, SecureNetworkConfig } from '@drawbridge/server/testing'
import type { SecureCall } from '../flows/secure-call-client.ts'
import { openSecureWorld } from '../flows/secure-call-world.ts'
import type { SecureWorld } from '../flows/secure-call-world.ts'

/** Functions that tell how often they ran; what one of them is told of its caller; one that takes its time. */
const functions: Readonly<Record<string, string>> = {
  'runs/index.js': `let runs = 0
    exports.main = async (event) => ({ runs: event.look ? runs : ++runs })`,
  'guarded/index.js': `exports.main = async (event) => ({ guarded: event })`,
  'who/index.js': `exports.main = async (event, context) => ({ event, ...context })`,
  'slow/index.js': `exports.main = async ({ ms }) => { await new Promise((done) => setTimeout(done, ms)); return 'slow' }`,
  'notes/index.obj.js': `module.exports = {
    async add(title) { return { title } },
    async wipe() { return 'wiped' },
    async who() { return this.getClientInfo() },
    async _secret() { return 'secret' },
  }`,
}

/** The world of secure calls with functions that an attacker would like to run. */
export async function openHostileWorld(
  t: TestContext,
  policy: Partial<SecureNetworkConfig> = {},
  change: Partial<ClientServerOptions> = {},
): Promise<SecureWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-hostile-secure-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(functions)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const space = {
    ...({ clientSecret: 'secure-client-secret', origins: [], provider: 'aliyun', environment: {} } as const),
    functionsFolder: folder,
    workers: { max: 1, memoryMb: 256, timeoutSeconds: 30, queueMax: 100 },
  }
  const spaces = ['secure-space', 'other-space'].map((spaceId) => ({ ...space, spaceId }))
  return openSecureWorld(t, policy, { spaces, ...change })
}

/** A message of the binary form, cut at its joints. */
export interface Parts {
  readonly header: Buffer
  /** Ciphertext, or clear body. */
  readonly body: Buffer
  readonly tag: Buffer
}

/** Cuts a message. */
export function partsOf(bytes: Buffer): Parts {
  const end = 2 + bytes.readUInt16BE(0)
  return { header: bytes.subarray(2, end), body: bytes.subarray(end, -16), tag: bytes.subarray(-16) }
}

/** Puts a message together, with a length that is right. */
export function joined({ header, body, tag }: Parts): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(header.length)
  return Buffer.concat([length, header, body, tag])
}

/** The JSON form of a message, as anybody can write it. */
export function jsonOf({ header, body, tag }: Parts, isClear: boolean): Buffer {
  const text = (bytes: Buffer): string => bytes.toString('base64url')
  const sealed = isClear ? { c: text(tag), p: body.toString() } : { c: text(Buffer.concat([body, tag])) }
  return Buffer.from(JSON.stringify({ usn: 1, h: text(header), ...sealed }))
}

/** A header with other bytes in the place of some, lengths in front of them put right. */
export function withTarget(header: Buffer, from: string, to: string): Buffer {
  const field = (text: string): Buffer => {
    const length = Buffer.alloc(2)
    length.writeUInt16BE(Buffer.byteLength(text))
    return Buffer.concat([length, Buffer.from(text)])
  }
  const at = header.indexOf(field(from))
  if (at < 0) throw new Error('no such target in the header')
  return Buffer.concat([header.subarray(0, at), field(to), header.subarray(at + field(from).length)])
}

/** Where the fields of a request's header begin, by their order in it. */
export function placesOf({ sent: { header } }: SecureCall): Readonly<Record<string, number>> {
  const places: Record<string, number> = {
    magic: 0,
    direction: 4,
    suite: 5,
    mode: 6,
    flags: 7,
    keyKind: 8,
    keyIdLength: 9,
  }
  let at = 10
  const field = (name: string, bytes: number): void => {
    places[name] = at
    at += bytes
  }
  field('keyId', header.keyId.length)
  field('ts', 8)
  field('rid', 16)
  field('seq', 8)
  field('appIdLength', 1)
  field('appId', Buffer.byteLength(header.appId))
  field('subjectLength', 1)
  field('subject', Buffer.byteLength(header.subject))
  field('deviceLength', 1)
  field('device', Buffer.byteLength(header.device))
  field('targetLength', 2)
  field('target', Buffer.byteLength(header.target))
  field('extensions', 2)
  return { ...places, end: at }
}
