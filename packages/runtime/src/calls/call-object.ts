import type { ObjectContext } from './object-context.ts'

type Method = (this: object, ...params: unknown[]) => unknown

/** A cloud object, as its file exports it. */
export type ExportedObject = Readonly<Record<string, unknown>>

/**
 * The method of this name that callers may use: a function that is the object's own, its name not beginning with `_`.
 * What every object inherits (`constructor`, `toString`) is none of its methods, and no getter runs to find out.
 */
export function findMethod(exported: ExportedObject, name: string): Method | undefined {
  if (name.startsWith('_')) return undefined
  const value: unknown = Object.getOwnPropertyDescriptor(exported, name)?.value
  return typeof value === 'function' ? (value as Method) : undefined
}

/**
 * Runs a method between `_before` and `_after`. `_after(error, result)` runs also when `_before` threw; what it
 * returns is the result, what it throws is thrown. Each call has a `this` of its own, made of the object and `context`.
 */
export async function callObject(exported: ExportedObject, method: Method, context: ObjectContext): Promise<unknown> {
  const self = Object.assign(Object.create(exported) as object, context)
  const before = hook(exported, '_before')
  const after = hook(exported, '_after')
  if (!after) {
    if (before) await before.call(self)
    return method.apply(self, context.getParams())
  }
  let error: unknown = null
  let result: unknown
  try {
    if (before) await before.call(self)
    result = await method.apply(self, context.getParams())
  } catch (thrown) {
    // A thrown nothing is an error still, and `_after` asks whether there was one.
    error = thrown ?? new ThrownNothing()
  }
  return after.call(self, error, result)
}

/** Runs `_timing`, which has neither `_before` nor `_after`. Undefined when the object has none. */
export function findTiming(exported: ExportedObject): ((context: ObjectContext) => unknown) | undefined {
  const timing = hook(exported, '_timing')
  if (!timing) return undefined
  return (context) => timing.apply(Object.assign(Object.create(exported) as object, context), context.getParams())
}

function hook(exported: ExportedObject, name: string): Method | undefined {
  const value = exported[name]
  return typeof value === 'function' ? (value as Method) : undefined
}

class ThrownNothing extends Error {
  override readonly name = 'ThrownNothing'
  override readonly message = 'undefined or null was thrown'
}
