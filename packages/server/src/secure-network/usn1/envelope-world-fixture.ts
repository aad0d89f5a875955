import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import type { Bridge } from '@drawbridge/bridge'
import { createKeySchedule, miniProgramSecret, receiveRequest, sealRequest, toBinary } from '@drawbridge/protocol'
import type { SuiteNumber } from '@drawbridge/protocol'
import { nodePrimitives, nodeTextCodec } from '@drawbridge/protocol/node'
import { createRateLimiter } from '../../callers/rate-limiter.ts'
import { APP_ID, MP_APPID, openIdentityWorld } from '../../identity/identity-world-fixture.ts'
import type { IdentityWorld } from '../../identity/identity-world-fixture.ts'
import { secureNetworkOff } from '../config-policies.ts'
import { createCodeOpenids } from '../keys/code-openids.ts'
import { createKeyFinders } from '../keys/create-key-finders.ts'
import { createScheduleCache } from '../keys/schedule-cache.ts'
import type { Policy } from '../policy-source.ts'
import { createReplayMemory } from '../replay/create-replay-memory.ts'
import { openEnvelope } from './open-envelope.ts'
import type { EnvelopeDeps, EnvelopeOutcome } from './open-envelope.ts'

/** An envelope; what is left out is as alice's phone seals it. */
export interface EnvelopeOptions {
  readonly appId?: string
  readonly subject?: string
  readonly suite?: SuiteNumber
  /** 16 bytes: another one than alice's. */
  readonly key?: Buffer
  readonly policy?: Partial<Policy>
}

/** Envelopes and what opens them, on real stores. */
export interface EnvelopeWorld {
  readonly world: IdentityWorld
  readonly deps: EnvelopeDeps
  /** Reads of the bridge so far. */
  reads(): number
  open(envelope?: EnvelopeOptions): Promise<EnvelopeOutcome>
}

/** Opens it; alice has done the handshake with `code`. */
export async function openEnvelopeWorld(t: TestContext): Promise<EnvelopeWorld & { readonly code: string }> {
  // Of any DCloud app.
  const world = await openIdentityWorld({ dcloudAppid: '*' })
  t.after(() => world.close())
  const { now } = world
  const { bridge } = world.connected
  let reads = 0
  const counted: Pick<Bridge, 'apps' | 'get' | 'peek'> = {
    apps: bridge.apps,
    peek: (key) => bridge.peek(key),
    get(key) {
      reads += 1
      return bridge.get(key)
    },
  }
  const deps: EnvelopeDeps = {
    keys: createKeyFinders({
      bridge: counted,
      primitives: nodePrimitives,
      now,
      cache: createScheduleCache({ now, elapsed: now }),
      asks: createRateLimiter({ perMinute: 0, now }),
      codes: createCodeOpenids(world.identity.codeHandles, now),
    }),
    replay: createReplayMemory({ elapsed: now, key: randomBytes(32), slots: 1024 }),
    path: { kindOf: () => 'function' },
    primitives: nodePrimitives,
    now,
    bootedAt: undefined,
  }
  const code = world.loginCode()
  await world.call('secureNetworkHandshakeByWeixin', { code })
  const { openid } = world.simulator.control.member({ appid: MP_APPID, user: 'alice' })

  const open = ({ policy, ...envelope }: EnvelopeOptions = {}): Promise<EnvelopeOutcome> => {
    const { encryptKey, iv, version } = world.simulator.control.userKeys.latest({ appid: MP_APPID, user: 'alice' })
    const { appId = APP_ID, subject = `${MP_APPID}:${openid}`, suite = 2 } = envelope
    const { key = Buffer.from(encryptKey, 'base64') } = envelope
    const secret = miniProgramSecret(nodePrimitives, suite, { encryptKey: key, iv: Buffer.from(iv) })
    const keyId = Buffer.alloc(4)
    keyId.writeUInt32BE(version)
    const context = { suite, keyKind: 'mp', keyId, appId, subject } as const
    const schedule = secret && createKeySchedule(nodePrimitives, context, { secret })
    assert.ok(schedule)
    const fields = { secretType: 'both', ts: now(), rid: randomBytes(16), device: 'device-1', target: 'f:pay' } as const
    const inside = JSON.stringify({ spaceId: world.space.spaceId })
    const sent = sealRequest(schedule, { ...fields, padded: false }, nodeTextCodec.utf8Encode(inside))
    const limits = { bodyMaxBytes: 65_536, streamMaxBytes: 65_536 }
    const received = sent && receiveRequest(toBinary(sent), limits, nodeTextCodec)
    assert.ok(received)
    return openEnvelope(
      {
        received,
        space: world.space,
        // In monitor mode any app is looked for.
        policy: { ...secureNetworkOff, revision: 1, mode: 'monitor', ...policy },
        sender: { requestId: 'r-1', clientIp: '203.0.113.7', userAgent: 'agent/1' },
      },
      deps,
    )
  }
  return { world, deps, code, reads: () => reads, open }
}
