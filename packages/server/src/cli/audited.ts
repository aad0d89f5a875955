import type { CredentialKey } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { AuditEntry, AuditVerb } from '../audit/audit-entry.ts'
import type { CommandContext } from './command.ts'
import type { Replica } from './machinery.ts'

/** Does the work and writes it into the audit trail, whatever becomes of it: who has a shell leaves a trace too. */
export async function audited<T>(
  { world }: Pick<CommandContext, 'world'>,
  { audit }: Pick<Replica, 'audit'>,
  verb: AuditVerb,
  { kind, app, openid, version, ticketType }: CredentialKey,
  work: () => Promise<T>,
): Promise<T> {
  const entry: Omit<AuditEntry, 'result'> = {
    ...auditOrigin(world),
    verb,
    kind,
    platform: app.platform,
    appid: app.appid,
    openid,
    variant: version === undefined ? ticketType : String(version),
  }
  try {
    const result = await work()
    audit.record({ ...entry, result: result === null ? 'absent' : 'ok' })
    return result
  } catch (error) {
    audit.record({ ...entry, result: error instanceof DrawbridgeError ? error.code : 'SYSTEM_ERROR' })
    throw error
  }
}

/** Who acts, when and from where, when it is somebody with a shell. */
export function auditOrigin({
  env,
  user,
  now,
}: CommandContext['world']): Pick<AuditEntry, 'at' | 'caller' | 'address' | 'requestId'> {
  // A container has often none of them, and an empty one is no name.
  const name = [env.USER, env.LOGNAME, user].find(Boolean)
  return { at: now(), caller: name === undefined ? 'cli' : `cli:${name}`, address: 'local', requestId: 'cli' }
}
