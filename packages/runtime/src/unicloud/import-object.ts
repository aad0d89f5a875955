import { DrawbridgeError } from '@drawbridge/protocol'
import { AskError } from '../worker/ask-error.ts'
import type { Ask } from '../worker/create-ask.ts'

/** A cloud object of the space: each member is a method that resolves to its result. */
export type ImportedObject = Readonly<Record<string, (...params: unknown[]) => Promise<unknown>>>

/** Asked for by the language, not by the caller: an object that had them would be awaited, or written as JSON. */
const NO_METHODS = new Set(['then', 'toString', 'toJSON', 'valueOf', 'constructor'])

/** `uniCloud.importObject(name)`. A result with an `errCode` rejects, as the client has it. */
export function createImportObject(ask: Ask): (name: unknown) => ImportedObject {
  return (name) => {
    if (typeof name !== 'string' || name === '')
      throw new DrawbridgeError('UNICLOUD_ARGUMENT_INVALID', { field: 'name' })
    return new Proxy(
      {},
      {
        get(target, method) {
          if (typeof method === 'symbol' || NO_METHODS.has(method)) return Reflect.get(target, method) as unknown
          return async (...params: unknown[]) => {
            const result = await ask('call', 'callFunction', { name, data: { method, params } })
            return checked(result)
          }
        },
      },
    )
  }
}

function checked(result: unknown): unknown {
  if (typeof result !== 'object' || result === null) return result
  const { errCode, errMsg, errSubject } = result as Readonly<Record<string, unknown>>
  if (!errCode || (typeof errCode !== 'string' && typeof errCode !== 'number')) return result
  const text = typeof errMsg === 'string' ? errMsg : ''
  throw refusal(errCode, text, result, typeof errSubject === 'string' ? errSubject : undefined)
}

function refusal(...args: ConstructorParameters<typeof AskError>): AskError {
  return new AskError(...args)
}
