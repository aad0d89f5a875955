import type { Bridge } from '@drawbridge/bridge'
import type { Replica } from '../cli/machinery.ts'
import { explainTierFault } from './explain-tier-fault.ts'
import { findingOfError } from './finding-of-error.ts'
import type { Finding } from './finding.ts'

type TierAnswer = Awaited<ReturnType<Bridge['health']>>[number]

/** Whether each tier answers and keeps what it is given, and whether what is written can be read again. */
export async function checkStores(
  replica: Pick<Replica, 'probeStore'> & { readonly bridge: Pick<Bridge, 'health'> },
): Promise<readonly Finding[]> {
  const tiers = (await replica.bridge.health()).flatMap(findingsOfTier)
  try {
    await replica.probeStore()
    const sentence = { en: 'A record was written, read and removed.', zh: '写入、读取、删除均正常。' }
    return [...tiers, { check: 'store', state: 'ok', subject: 'record', ...sentence }]
  } catch (error) {
    return [...tiers, findingOfError('store', 'record', error)]
  }
}

function findingsOfTier({ tier, ok, error }: TierAnswer): readonly Finding[] {
  const fault = error === undefined ? undefined : explainTierFault(error)
  const faults: readonly Finding[] = fault ? [{ check: 'store', subject: tier, ...fault }] : []
  if (ok) return [{ check: 'store', state: 'ok', subject: tier, en: 'It answers.', zh: '正常应答。' }, ...faults]
  if (fault) return faults
  return [
    {
      check: 'store',
      state: 'error',
      subject: tier,
      en: `It does not answer${error ? `: ${error}` : ''}.`,
      zh: `没有应答${error ? `：${error}` : ''}。`,
      remedyEn: 'Look whether it runs and can be reached from here; the other tiers go on meanwhile.',
      remedyZh: '请检查其是否运行、能否从本机访问；期间其他存储层继续工作。',
    },
  ]
}
