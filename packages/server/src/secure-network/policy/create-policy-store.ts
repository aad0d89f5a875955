import { DrawbridgeError } from '@drawbridge/protocol'
import type { RuleSet } from '@drawbridge/protocol'
import type { Policy, PolicySource } from '../policy-source.ts'
import { readPolicyContent } from './policy-content.ts'
import type { PolicyContent } from './policy-content.ts'
import type { KeptPolicy, PolicyActor, PolicyRows } from './policy-rows.ts'
import { withFunctionPolicies } from './with-function-policies.ts'
import type { FunctionPolicy } from './with-function-policies.ts'

/** How soon another replica's change is noticed, ms. */
const LOOK_EVERY_MS = 1000

/** The operator's part of a policy, and where it comes from. */
export interface PolicyState extends PolicyContent {
  readonly spaceId: string
  /** `stored`: it was changed while servers ran; it wins over the configuration until it is reset. */
  readonly origin: 'configuration' | 'stored'
  /** Names this state for a change that must not overwrite another; 0: never changed. */
  readonly revision: number
  /** ms since epoch. */
  readonly changedAt?: number
  readonly changedBy?: string
  /** What callers meet: the operator's rules together with those beside the functions. */
  readonly effectiveRules: RuleSet
}

/** A change of a policy, remembered for good. */
export interface PolicyChange extends PolicyActor {
  readonly revision: number
  /** ms since epoch. */
  readonly at: number
  /** Undefined: back to the configuration. */
  readonly content?: PolicyContent
}

/** What happened to the policies, for log and metrics. */
export type PolicyEvent =
  | {
      readonly type: 'policy-changed'
      readonly spaceId: string
      readonly revision: number
      readonly mode: Policy['mode']
      readonly changedBy: string
    }
  /** The last good policy holds on; a space that never had one refuses every call. */
  | { readonly type: 'policy-unreadable'; readonly spaceId?: string; readonly error?: unknown }

/** The policies of all spaces: configured, changed while servers run, and beside the functions. */
export interface PolicyStore extends PolicySource {
  /** Throws `SPACE_UNKNOWN`, and `POLICY_UNREADABLE` where there never was a good one. */
  show(spaceId: string): PolicyState
  /**
   * Changes a part, or goes back to the configuration. `expected`: the revision that it was decided on. Here at once,
   * elsewhere within two seconds. Throws `SPACE_UNKNOWN`, `POLICY_CHANGED` (the revision is another by now),
   * `POLICY_UNREADABLE` (a part of what cannot be read), `STORE_UNAVAILABLE`.
   */
  change(
    spaceId: string,
    edit: Partial<PolicyContent> | 'reset',
    by: PolicyActor,
    expected?: number,
  ): Promise<PolicyState>
  /** The policy that an edit would make; nothing is changed. Throws as `show` does. */
  preview(spaceId: string, edit: Partial<PolicyContent>): Policy
  /** Newest first. */
  changes(spaceId: string, limit: number): Promise<readonly PolicyChange[]>
  /** Reads what is kept; throws `STORE_UNAVAILABLE`. */
  refresh(): Promise<void>
  /** Looks for other replicas' changes from now on. */
  start(): void
  close(): Promise<void>
}

/** What a policy store is made of. */
export interface PolicyStoreDeps {
  readonly rows: PolicyRows
  /** `SqlDatabase.dataVersion`. */
  readonly dataVersion: () => number
  readonly spaceIds: readonly string[]
  /** The configuration's policies. */
  readonly base: PolicySource
  /** The policies beside the functions of a space; asked for every call, so that new code never runs under an old one. */
  readonly besideFunctions: (spaceId: string) => readonly FunctionPolicy[]
  readonly now: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly onEvent: (event: PolicyEvent) => void
}

interface Known {
  readonly kept: KeptPolicy
  /** Undefined: the configuration's. `unreadable`: it never could be read. */
  readonly content: PolicyContent | 'unreadable' | undefined
  /** Whether `content` is what is kept now, or what was good before. */
  readonly isRead: boolean
}

interface Effective {
  readonly known: Known | undefined
  readonly base: Policy
  readonly beside: readonly FunctionPolicy[]
  readonly policy: Policy
}

/** A store over rows; it knows nothing until the first `refresh`, and refuses until then. */
export function createPolicyStore(deps: PolicyStoreDeps): PolicyStore {
  const { rows, dataVersion, base, besideFunctions, now, sleep, onEvent } = deps
  const spaceIds = new Set(deps.spaceIds)
  const effective = new Map<string, Effective>()
  const closing = new AbortController()
  let known: ReadonlyMap<string, Known> | undefined
  let seenVersion: number | undefined
  let reading: Promise<void> = Promise.resolve()
  let looking: Promise<void> | undefined
  let isToldUnreadable = false

  const demandSpace = (spaceId: string): void => {
    if (!spaceIds.has(spaceId)) throw new DrawbridgeError('SPACE_UNKNOWN', { space: spaceId })
  }

  const knownOf = (spaceId: string): Known | undefined => {
    if (!known) throw new DrawbridgeError('POLICY_UNREADABLE', { space: spaceId })
    return known.get(spaceId)
  }

  /** What the operator has said last. */
  const contentOf = (spaceId: string): PolicyContent => {
    const content = knownOf(spaceId)?.content
    if (content === 'unreadable') throw new DrawbridgeError('POLICY_UNREADABLE', { space: spaceId })
    return content ?? base.current(spaceId)
  }

  const read = async (): Promise<void> => {
    // Before the rows are read: what is committed between the two is looked at again.
    const version = dataVersion()
    const next = new Map<string, Known>()
    for (const kept of await rows.readAll()) next.set(kept.spaceId, readKept(kept, known, onEvent))
    const before = known
    known = next
    seenVersion = version
    isToldUnreadable = false
    if (before) tellChanges(before, next)
  }

  const tellChanges = (before: ReadonlyMap<string, Known>, after: ReadonlyMap<string, Known>): void => {
    for (const [spaceId, { kept, content, isRead }] of after) {
      if (kept.revision === before.get(spaceId)?.kept.revision || !spaceIds.has(spaceId)) continue
      if (content === 'unreadable' || !isRead) continue
      const { mode } = content ?? base.current(spaceId)
      onEvent({ type: 'policy-changed', spaceId, revision: kept.revision, mode, changedBy: kept.changedBy })
    }
  }

  /** One reading after another: an earlier one never replaces what a later one has found. */
  const refresh = (): Promise<void> => {
    const done = reading.then(read)
    reading = done.catch(() => undefined)
    return done
  }

  const look = async (): Promise<void> => {
    try {
      if (dataVersion() !== seenVersion) await refresh()
    } catch (error) {
      if (!isToldUnreadable) onEvent({ type: 'policy-unreadable', error })
      isToldUnreadable = true
    }
  }

  const lookOn = async (): Promise<void> => {
    for (;;) {
      await sleep(LOOK_EVERY_MS, closing.signal).catch(() => undefined)
      if (closing.signal.aborted) return
      await look()
    }
  }

  const current = (spaceId: string): Policy => {
    demandSpace(spaceId)
    const [entry, configured, beside] = [knownOf(spaceId), base.current(spaceId), besideFunctions(spaceId)]
    const last = effective.get(spaceId)
    if (last?.known === entry && last?.base === configured && areSame(last.beside, beside)) return last.policy
    const content = contentOf(spaceId)
    const policy: Policy = {
      ...configured,
      mode: content.mode,
      guards: content.guards,
      rules: withFunctionPolicies(content.rules, beside),
      revision: (last?.policy.revision ?? configured.revision) + 1,
    }
    effective.set(spaceId, { known: entry, base: configured, beside, policy })
    return policy
  }

  const show = (spaceId: string): PolicyState => {
    const { rules: effectiveRules } = current(spaceId)
    const { mode, guards, rules } = contentOf(spaceId)
    const entry = knownOf(spaceId)
    return {
      spaceId,
      origin: entry?.content === undefined ? 'configuration' : 'stored',
      revision: entry?.kept.revision ?? 0,
      ...(entry && { changedAt: entry.kept.changedAt, changedBy: entry.kept.changedBy }),
      mode,
      guards,
      rules,
      effectiveRules,
    }
  }

  return {
    current,
    show,
    refresh,

    preview(spaceId, edit) {
      const policy = current(spaceId)
      const { rules, ...content } = { ...contentOf(spaceId), ...edit }
      return { ...policy, ...content, rules: withFunctionPolicies(rules, besideFunctions(spaceId)) }
    },

    async change(spaceId, edit, by, expected) {
      demandSpace(spaceId)
      const configured = base.current(spaceId)
      await rows.change({
        spaceId,
        expected,
        by,
        at: now(),
        next: (kept) => (edit === 'reset' ? null : edited(spaceId, kept, configured, edit)),
      })
      await refresh()
      return show(spaceId)
    },

    async changes(spaceId, limit) {
      demandSpace(spaceId)
      return (await rows.changes(spaceId, limit)).map(({ content: text, ...change }) => {
        const content = text === null ? undefined : readPolicyContent(text)
        return { ...change, ...(content && { content }) }
      })
    },

    start() {
      looking ??= lookOn()
    },

    async close() {
      closing.abort()
      await looking
      await reading
    },
  }
}

function readKept(
  kept: KeptPolicy,
  lastKnown: ReadonlyMap<string, Known> | undefined,
  onEvent: PolicyStoreDeps['onEvent'],
): Known {
  const before = lastKnown?.get(kept.spaceId)
  // The same object for the same revision: what is derived from it stays good.
  if (before?.kept.revision === kept.revision && before.kept.content === kept.content) return before
  if (kept.content === null) return { kept, content: undefined, isRead: true }
  const content = readPolicyContent(kept.content)
  if (content) return { kept, content, isRead: true }
  onEvent({ type: 'policy-unreadable', spaceId: kept.spaceId })
  // The last good one: what was kept before, or the configuration's where nothing was.
  return { kept, content: lastKnown ? before?.content : 'unreadable', isRead: false }
}

/** A new whole from what is kept at this moment, or from the configuration, and the part that changes. */
function edited(
  spaceId: string,
  kept: string | null,
  configured: Policy,
  { mode, guards, rules }: Partial<PolicyContent>,
): PolicyContent {
  if (mode !== undefined && guards !== undefined && rules !== undefined) return { mode, guards, rules }
  const before = kept === null ? configured : readPolicyContent(kept)
  if (!before) throw new DrawbridgeError('POLICY_UNREADABLE', { space: spaceId })
  return { mode: mode ?? before.mode, guards: guards ?? before.guards, rules: rules ?? before.rules }
}

function areSame(one: readonly FunctionPolicy[], other: readonly FunctionPolicy[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ name, policy }, index) => policy === other[index]?.policy && name === other[index].name)
  )
}
