import { nodeTextCodec } from '@drawbridge/protocol/node'
import type { EnvelopeDeps } from '../usn1/open-envelope.ts'
import type { SealDeps } from '../usn1/seal-reply.ts'
import { serverTime } from '../usn1/server-time.ts'

/** What replies are sealed with on this server: the time that clients are told is the one that it goes by itself. */
export function sealDeps(
  envelope: Pick<EnvelopeDeps, 'now' | 'bootedAt'>,
  random: (length: number) => Uint8Array,
): SealDeps {
  return { now: () => serverTime(envelope), random, text: nodeTextCodec }
}
