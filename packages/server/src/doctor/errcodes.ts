import { DrawbridgeError } from '@drawbridge/protocol'
import table from './errcodes.json' with { type: 'json' }

/**
 * What an errcode asks of those who see it. `retry`: it passes by itself. `refresh`: the credential is dead, get a new
 * one once. `configuration`: something here is set wrongly, trying again changes nothing. `operator`: somebody must act
 * in the platform's console. `wait`: a limit or block that ends by itself. `user`: the client must log in again or
 * fetch a fresh code.
 */
export const errcodeActions = ['retry', 'refresh', 'configuration', 'operator', 'wait', 'user'] as const

/** One of `errcodeActions`. */
export type ErrcodeAction = (typeof errcodeActions)[number]

/** One errcode, explained to people. */
export interface Errcode {
  readonly code: number
  readonly action: ErrcodeAction
  /** The text that the platform sends, without its request id; empty when none is known. */
  readonly text: string
  readonly en: string
  readonly zh: string
  readonly remedyEn: string
  readonly remedyZh: string
}

/** The errcodes of WeChat (and QQ, which shares them) that a bridge meets; the platform's documents decide. */
export const errcodes: readonly Errcode[] = table.map((row) => ({ ...row, action: actionOf(row.action) }))

function actionOf(word: string): ErrcodeAction {
  const action = errcodeActions.find((name) => name === word)
  if (!action) throw new DrawbridgeError('SYSTEM_ERROR', { table: 'errcodes', action: word })
  return action
}

const byCode: ReadonlyMap<number, Errcode> = new Map(errcodes.map((errcode) => [errcode.code, errcode]))

/** The explanation of an errcode; undefined for codes that are not in the table. */
export function explainErrcode(code: number): Errcode | undefined {
  return byCode.get(code)
}
