import type { CallFacts, TimerInfo } from '../wire/worker-frame.ts'

/** `event` of a function: what the caller sent, with its token; of a URL-ized one the request; of a timer what is due. */
export function functionEvent(payload: unknown, facts: CallFacts): unknown {
  if (facts.timer) return timerEvent(facts.timer)
  if (typeof payload !== 'object' || payload === null) return facts.http ?? payload
  return {
    ...facts.http,
    ...payload,
    ...(facts.uniIdToken === undefined ? {} : { uniIdToken: facts.uniIdToken }),
  }
}

/** What a timer tells, in today's words and in those of older functions. */
export function timerEvent({ trigger, dueAt }: TimerInfo): Readonly<Record<string, string>> {
  const time = new Date(dueAt).toISOString()
  return { Time: time, TriggerName: trigger, Type: 'Timer', triggerName: trigger, triggerTime: time }
}
