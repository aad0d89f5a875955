/** What one sender gets of a memory that all share. */
export const senderQuota = {
  /** From this part of a full memory on no sender gets more than its share. */
  fromFill: 0.5,
  /** The share: messages in as long as one may be under way. */
  messages: 600,
} as const
