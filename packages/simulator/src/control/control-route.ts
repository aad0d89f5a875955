import type { ControlInput } from './control-input.ts'
import { optionalText, textField } from './control-input.ts'
import type { Control, MemberRef } from './control.ts'

/** What a control route is given. */
export interface ControlRequest {
  readonly control: Control
  /** The part of the path that `:id` stands for. */
  readonly id: string
  /** Null prototype. */
  readonly query: Readonly<Record<string, string>>
  readonly body: ControlInput
}

/** One control route: method and path below /_simulator, and what it answers as JSON. */
export interface ControlRoute {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly en: string
  readonly zh: string
  readonly answer: (request: ControlRequest) => unknown
}

/** Writes one row of a table of routes. */
export function route(
  method: ControlRoute['method'],
  path: string,
  en: string,
  zh: string,
  answer: ControlRoute['answer'],
): ControlRoute {
  return { method, path, en, zh, answer }
}

/** Whom a body names: `appid`, and `user` or `openid`. */
export function member(body: ControlInput): MemberRef {
  return {
    appid: textField(body, 'appid'),
    user: optionalText(body, 'user'),
    openid: optionalText(body, 'openid'),
  }
}
