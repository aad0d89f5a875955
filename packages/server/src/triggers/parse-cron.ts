import { Cron } from 'croner'
import { DrawbridgeError } from '@drawbridge/protocol'

/** uniCloud reads every timer in UTC+8, wherever it runs. */
const OFFSET_MINUTES = 480
/** Second, minute, hour, day, month, weekday, and the year, which Alibaba's and Alipay's consoles leave out. */
const FIELDS = /^(?:[\d,*/-]+ +){5,6}[\d,*/-]+$/
/** A step needs something to step over. */
const BARE_STEP = /(?:^|[ ,])\//

/** When a timer is due. */
export interface CronSchedule {
  /** The first due moment after this one, both ms since epoch; undefined: there is none any more. */
  next(after: number): number | undefined
}

/**
 * Reads a timer's expression: seven fields (second minute hour day month weekday year; the year may be left out) in
 * UTC+8, with `, - * /` as wildcards, weekday 0 to 6 from Sunday. Where day and weekday are both set, either will do,
 * as with Tencent. Throws `FUNCTION_TRIGGER_INVALID`.
 */
export function parseCron(text: string): CronSchedule {
  const trimmed = text.trim()
  if (!FIELDS.test(trimmed) || BARE_STEP.test(trimmed)) {
    throw invalid('config is not "second minute hour day month weekday year"; the wildcards are , - * /')
  }
  const cron = build(trimmed)
  return {
    next: (after) => cron.nextRun(new Date(after))?.getTime(),
  }
}

function build(text: string): Cron {
  try {
    return new Cron(text, { paused: true, utcOffset: OFFSET_MINUTES, sloppyRanges: true })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/^CronPattern: /, '') : 'it cannot be read'
    throw new DrawbridgeError('FUNCTION_TRIGGER_INVALID', { config: text, reason }, { cause })
  }
}

function invalid(reason: string): DrawbridgeError {
  return new DrawbridgeError('FUNCTION_TRIGGER_INVALID', { reason })
}
