import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { demandConfig, loadConfig } from '@drawbridge/server'
import type { ServerConfig } from '@drawbridge/server'
import type { Case, Expectation, Step } from './open-bridge-cases.ts'
import { createSignedClient } from './signed-client.ts'

const space = { spaceId: 'cases', clientSecret: 'cases-client-secret' }

/** A function that does what the recorder of the cases did from outside: it looks at users, settings and tokens. */
const LOOK = `
const createConfig = require('uni-config-center')
const uniID = require('uni-id-common')
const db = uniCloud.database()

const acts = {
  config: ({ create, method, args }) => createConfig(create)[method](...args),
  dbCount: async ({ collection }) => (await db.collection(collection).count()).total,
  dbDocs: async ({ collection, fields }) => {
    const { data } = await db.collection(collection).get()
    return data.map((row) => Object.fromEntries(fields.flatMap((name) => (name in row ? [[name, row[name]]] : []))))
  },
  checkToken: ({ token }, context) => uniID.createInstance({ context }).checkToken(token),
}

exports.main = async ({ op, ...step }, context) => ({ value: (await acts[op](step, context)) ?? null })
`

const clientInfo = {
  appId: '__UNI__AAAAAA1',
  uniPlatform: 'mp-weixin',
  deviceId: 'device',
  osName: 'android',
  locale: 'zh-Hans',
}

/** The operations that are done inside a function. */
export const hostOperations: ReadonlySet<string | undefined> = new Set(['config', 'dbCount', 'dbDocs', 'checkToken'])

/** Cases about modules that run in functions: uni-id-co and uni-config-center. */
export const isForFunctionHost = ({ needs }: Case): boolean =>
  needs.includes('uni-id') || needs.includes('config-center')

/** WeChat's codes have 32 characters, and what cannot be one is refused unseen; the cases' have two. */
export function longCode(code: unknown): string {
  return typeof code === 'string' ? code.padEnd(32, '0') : ''
}

/** Writes a project with the settings of a case; gives what the server has to know of it. */
export function writeCasesProject(
  folder: string,
  files: ReadonlyMap<string, string>,
): Pick<ServerConfig, 'spaces' | 'identity'> {
  const functions = join(folder, 'cloudfunctions')
  const settings = [...files].map(([name, text]) => [`common/uni-config-center/${name}`, text] as const)
  for (const [name, text] of [['look/index.js', LOOK] as const, ...settings]) {
    const path = join(functions, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  const workers = { max: 1 }
  const configText = JSON.stringify({ uniConfigCenter: functions, spaces: [{ ...space, functions, workers }] })
  const { spaces, identity } = demandConfig(loadConfig({ env: {}, cwd: folder, configText }))
  return { spaces, ...(identity && { identity }) }
}

/** The mini program of the cases, and the function that looks. */
export interface CasesApp {
  /** A method of `uni-id-co` as the app calls it. */
  callUniId(step: Step): Promise<Expectation>
  /** An operation of `hostOperations`. */
  look(step: Step): Promise<Expectation>
}

/** Starts the app with a server's endpoint. */
export function openCasesApp(endpoint: string, now: () => number): CasesApp {
  const open = (info: object): ReturnType<typeof createSignedClient> =>
    createSignedClient({ provider: 'aliyun', endpoint, ...space }, info, now)
  return {
    async callUniId({ uniid = '', params = [], token, dropClientInfo = [] }) {
      const dropped = dropClientInfo as readonly string[]
      const client = open(Object.fromEntries(Object.entries(clientInfo).filter(([name]) => !dropped.includes(name))))
      client.uniIdToken = typeof token === 'string' ? token : undefined
      const { success, data, error } = await client.reply('uni-id-co', {
        method: uniid,
        params: params.map(withLongCode),
      })
      if (success !== true) return { ok: false, message: error?.message ?? '', code: error?.code ?? '' }
      return asAppSees({ ok: true, value: data })
    },
    async look(step) {
      const { value } = (await open(clientInfo).call('look', step)) as { readonly value: unknown }
      return asAppSees({ ok: true, value })
    },
  }
}

function withLongCode(param: unknown): unknown {
  const isCoded = typeof param === 'object' && param !== null && 'code' in param
  return isCoded ? { ...param, code: longCode(param.code) } : param
}

/** An app gets a result with an `errCode` as an error, whether the object threw it or returned it. */
export function asAppSees(outcome: Expectation): Expectation {
  const { errCode, errMsg } = (outcome.value ?? {}) as { readonly errCode?: unknown; readonly errMsg?: unknown }
  if (typeof errCode !== 'string' && (typeof errCode !== 'number' || errCode === 0)) return outcome
  return { ok: false, code: errCode, message: typeof errMsg === 'string' ? errMsg : '' }
}
