import { DrawbridgeError } from '@drawbridge/protocol'
import type { JsonObject } from '@drawbridge/runtime'
import type { CallIntake, IncomingCall } from '../calls/call-intake.ts'
import type { CallPath } from '../calls/call-path.ts'
import type { Opener } from './opener.ts'
import { openedCall } from './opened-call.ts'
import { passPolicy } from './pass-policy.ts'
import { currentPolicy } from './current-policy.ts'
import type { Policy, PolicySource } from './policy-source.ts'
import { recordVerdict } from './record-verdict.ts'
import { isRefused, refusalOnWire, refuse } from './refusal.ts'
import type { Refused } from './refusal.ts'
import type { OpenedCall, ReceivedCall, Wire } from './admitted-call.ts'
import type { Target } from './target.ts'
import type { VerdictSink } from './verdict.ts'
import { verdictReasons } from './verdict-reasons.ts'

/** What calls of all wires but our own pass through. */
export interface CallIntakeDeps {
  readonly path: CallPath
  readonly policies: PolicySource
  readonly verdicts: VerdictSink
  /** ms since epoch. */
  readonly now: () => number
  /** For what comes protected on the stock client's wire; undefined: that is refused. */
  readonly opener: Opener | undefined
}

/** The pipeline of the stock client's wire, URL-ized functions, timers, and functions that call functions. */
export function createCallIntake(deps: CallIntakeDeps): CallIntake {
  const { path, policies, opener } = deps

  /** A call that proves nothing, whatever it says of itself. */
  const answerPlain = (call: ReceivedCall, policy: Policy): Promise<string> | string => {
    const admitted = passPolicy(openedCall(call, undefined), policy, deps)
    return isRefused(admitted) ? tellRefusal(call, admitted) : path.answer(admitted)
  }

  async function answerProtected(call: ReceivedCall, policy: Policy): Promise<string> {
    const isServed = opener !== undefined && policy.legacyWire && policy.mode !== 'off'
    if (!isServed && isSignatureOnly(call.args)) return answerPlain(withoutOptions(call), policy)
    const opening = isServed
      ? await opener.open(call, policy)
      : refuse('SECURE_NETWORK_OFF', verdictReasons.legacyOrAllOff.reason)
    if (isRefused(opening)) return tellRefusal(call, note(call, opening))
    const admitted = passPolicy(opening.opened, policy, deps)
    if (isRefused(admitted)) return tellRefusal(call, admitted)
    return path.answer(admitted).then(
      (result) => opening.seal({ result }),
      (error: unknown) => opening.seal({ error }),
    )
  }

  function note(call: ReceivedCall, refusal: Refused): Refused {
    const { code, reason } = refusal.refused
    recordVerdict(deps.verdicts, { at: deps.now(), call, outcome: 'refused', code, reason })
    return refusal
  }

  return {
    async answer(incoming) {
      const policy = currentPolicy(policies, incoming.space)
      const call = received(incoming, path)
      const isProtected = call.wire === 'unicloud' && Object.hasOwn(call.args, OPTIONS)
      return isProtected ? answerProtected(call, policy) : answerPlain(call, policy)
    },
  }
}

const OPTIONS = '_uniCloudOptions'

function received({ name, ...incoming }: IncomingCall, path: Pick<CallPath, 'kindOf'>): ReceivedCall {
  const { space, args, facts } = incoming
  const kind = path.kindOf(space.spaceId, name)
  // There is nothing to guard; and apps ask by themselves for names that nobody has.
  if (kind === undefined) throw new DrawbridgeError('FUNCTION_NOT_FOUND', { name: name.slice(0, 64) })
  return { ...incoming, wire: wires[facts.source], target: targetOf(kind, name, args, facts.timer !== undefined) }
}

function targetOf(kind: 'function' | 'object', name: string, args: JsonObject, isTimer: boolean): Target {
  if (kind === 'function') return { kind, name }
  const method = Object.hasOwn(args, 'method') ? args['method'] : undefined
  return { kind, name, method: isTimer ? '_timing' : typeof method === 'string' ? method : '' }
}

/** Calls of the command line come by no wire; they are counted with those that functions make. */
const wires: Readonly<Record<OpenedCall['facts']['source'], Wire>> = {
  client: 'unicloud',
  http: 'http',
  timing: 'timing',
  function: 'function',
  server: 'function',
}

/** A client reads refusals in the result, in uniCloud's words; everybody else is thrown the code. */
function tellRefusal({ facts }: ReceivedCall, { refused, told }: Refused): string {
  if (facts.source !== 'client') throw new DrawbridgeError(refused.code)
  return JSON.stringify(told ?? refusalOnWire(refused))
}

/** Clear data with a signature beside it, which the client adds by its own copy of the rules. */
function isSignatureOnly(args: JsonObject): boolean {
  const options = args[OPTIONS]
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return false
  const { secretType, verifyClientSign } = options as JsonObject
  return typeof verifyClientSign === 'string' && (secretType === undefined || secretType === 'none')
}

function withoutOptions(call: ReceivedCall): ReceivedCall {
  const { [OPTIONS]: _options, ...args } = call.args
  return { ...call, args }
}
