import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { FromWorker } from '@drawbridge/runtime'

const id = Type.Integer({ minimum: 0 })
const named = Type.String({ maxLength: 200 })
const level = Type.Union((['log', 'info', 'warn', 'error', 'debug'] as const).map((each) => Type.Literal(each)))
const fault = Type.Object({
  name: named,
  file: Type.String(),
  line: Type.Optional(Type.Integer()),
  column: Type.Optional(Type.Integer()),
  message: Type.String(),
})

const checks = new Map(
  Object.entries({
    ready: Type.Object({ faults: Type.Optional(Type.Array(fault, { maxItems: 1000 })) }),
    began: Type.Object({ id }),
    done: Type.Object({ id, ok: Type.Boolean(), leftover: Type.Optional(Type.Boolean()) }),
    ask: Type.Object({ id, call: id, service: named, method: named }),
    log: Type.Object({ call: id, level, text: Type.String() }),
  } satisfies Record<FromWorker['t'], unknown>).map(([t, schema]) => [t, Compile(schema)]),
)

/** The head of a worker's frame, checked: user code can write what it likes. Throws `FUNCTION_FRAME_INVALID`. */
export function workerFrame(head: unknown): FromWorker {
  const t = typeof head === 'object' && head !== null && 't' in head ? head.t : undefined
  const check = typeof t === 'string' ? checks.get(t) : undefined
  if (!check?.Check(head)) throw new DrawbridgeError('FUNCTION_FRAME_INVALID', {})
  // The schema of this `t` was checked right above; this is the one place where its type is taken for true.
  return head as FromWorker
}
