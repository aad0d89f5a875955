import { storageKey } from '@drawbridge/bridge'
import type { Bridge, CredentialSummary, ScheduledTask } from '@drawbridge/bridge'
import { listAll } from '../cli/list-all.ts'
import { explainFailure } from './finding-of-error.ts'
import type { Finding } from './finding.ts'

/** Credentials whose last refresh failed, with what the platform said, and scheduled ones that are not there at all. */
export async function checkCredentials(
  bridge: Pick<Bridge, 'list' | 'lastRefresh'>,
  schedule: readonly ScheduledTask[],
  now: () => number,
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const stored = new Set<string>()
  for (const one of await listAll(bridge)) {
    stored.add(one.storageKey)
    findings.push(...failureOf(one, now()))
  }
  for (const task of schedule) findings.push(...(await absenceOf(bridge, task, stored)))
  const sentence = { en: `${stored.size} credentials are stored.`, zh: `已保存 ${stored.size} 个凭据。` }
  return [...findings, { check: 'credentials', state: 'ok', subject: 'store', ...sentence }]
}

async function absenceOf(
  bridge: Pick<Bridge, 'lastRefresh'>,
  { app, task }: ScheduledTask,
  stored: ReadonlySet<string>,
): Promise<readonly Finding[]> {
  const key = { kind: task === 'ticket' ? 'ticket' : 'access_token', app } as const
  const subject = storageKey(key)
  if (stored.has(subject)) return []
  const note = await bridge.lastRefresh(key)
  if (note?.outcome === 'failed') {
    return [explainFailure('credentials', subject, note.error ?? { code: 'UPSTREAM_FAILED' })]
  }
  return [
    {
      check: 'credentials',
      state: 'warning',
      subject,
      en: 'It is scheduled but not stored: no server has run yet, or the platform has never given it.',
      zh: '已列入定时任务但尚未保存：服务还未运行过，或平台从未返回。',
      remedyEn: 'Run: drawbridge doctor --ask-platform; it shows the platform’s reason.',
      remedyZh: '请运行：drawbridge doctor --ask-platform，查看平台返回的原因。',
    },
  ]
}

function failureOf({ storageKey, lastRefresh, expiresAt }: CredentialSummary, now: number): readonly Finding[] {
  if (lastRefresh?.outcome !== 'failed') return []
  const failure = explainFailure('credentials', storageKey, lastRefresh.error ?? { code: 'UPSTREAM_FAILED' })
  const seconds = expiresAt === null ? undefined : Math.floor((expiresAt - now) / 1000)
  const isServed = seconds === undefined || seconds > 0
  const [lifeEn, lifeZh] = isServed
    ? [
        `still served${seconds === undefined ? '' : ` for ${seconds} s`}`,
        `仍可使用${seconds === undefined ? '' : ` ${seconds} 秒`}`,
      ]
    : ['no longer served', '已无法使用']
  const { failures } = lastRefresh
  return [
    {
      ...failure,
      state: isServed ? 'warning' : 'error',
      en: `${failures} refreshes failed in a row, the stored value is ${lifeEn}. ${failure.en}`,
      zh: `连续 ${failures} 次刷新失败，已存的值${lifeZh}。${failure.zh}`,
    },
  ]
}
