import type { Call, HostName } from '../http/call.ts'
import type { Reply } from '../http/reply.ts'
import type { Platform } from '../platform.ts'
import type { App, AppType } from '../state/apps.ts'

/** A call whose access_token was good for the endpoint, or an endpoint that wants none. */
export interface Entry {
  readonly call: Call
  readonly platform: Platform
}

/** An entry by access_token: the app that the token belongs to. */
export interface AppEntry extends Entry {
  readonly app: App
}

/** What an endpoint answers: data for a JSON body, or a whole reply of its own (JSONP). */
export type Answer = Readonly<Record<string, unknown>> | Reply

interface Row {
  readonly host: HostName
  readonly path: string
  /** The only method taken; others are 43001 or 43002. */
  readonly method?: 'GET' | 'POST'
  /** Are the fields of a posted form read like those of the query, which come first? */
  readonly takesForm?: boolean
  /** The app types that have this API. */
  readonly types: readonly AppType[]
  /** Fields added to every refusal of this endpoint. */
  readonly refusalExtra?: (entry: Entry, errcode: number) => Readonly<Record<string, unknown>>
  readonly en: string
  readonly zh: string
}

/** An endpoint that is called with an access_token. */
export interface TokenEndpoint extends Row {
  readonly auth: 'access_token'
  /** May be called in the encrypted and signed form. */
  readonly apiSecurity?: boolean
  readonly answer: (entry: AppEntry) => Answer
}

/** An endpoint that finds out by itself who calls. */
export interface OpenEndpoint extends Row {
  readonly auth: 'none'
  readonly answer: (entry: Entry) => Answer
}

/** One path of one host: its own file, and one row in the table. */
export type Endpoint = TokenEndpoint | OpenEndpoint

/** All types of WeChat apps. */
export const weixinTypes: readonly AppType[] = ['mp', 'oa', 'web', 'mobile', 'multi']
