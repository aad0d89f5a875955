import { format } from 'node:util'
import { DrawbridgeError } from '@drawbridge/protocol'

/** A command's arguments as Redis takes them: lists and objects are laid out flat, everything is text. */
export function commandArgs(values: readonly unknown[]): string[] {
  return values.flatMap((value): string[] => {
    if (Array.isArray(value)) return commandArgs(value)
    if (value === undefined || value === null || typeof value === 'function' || typeof value === 'symbol')
      throw new DrawbridgeError('UNICLOUD_ARGUMENT_INVALID', { field: 'redis argument' })
    if (Buffer.isBuffer(value)) return [value.toString('utf8')]
    return typeof value === 'object' ? commandArgs(Object.entries(value)) : [format(value)]
  })
}

/** An answer in the shape that node-redis gives: `hgetall` an object, or null when there is none. */
export function commandReply(command: string, answer: unknown): unknown {
  if (command !== 'hgetall' || !Array.isArray(answer)) return answer
  const texts = answer as readonly string[]
  if (texts.length === 0) return null
  return Object.fromEntries(texts.flatMap((text, i) => (i % 2 === 0 ? [[text, texts[i + 1]]] : [])))
}
