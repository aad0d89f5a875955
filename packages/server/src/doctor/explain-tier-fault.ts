import type { Finding } from './finding.ts'

/** What is wrong with a tier that answers. */
export type TierFault = Pick<Finding, 'state' | 'en' | 'zh' | 'remedyEn' | 'remedyZh'>

/** A tier's `error` that does not mean that it is gone; undefined: this one does. */
export function explainTierFault(error: string): TierFault | undefined {
  if (error === 'behind') return behind
  const policy = /^maxmemory-policy (.+)$/.exec(error)?.[1]
  if (policy === undefined) return undefined
  return policy === 'unknown' ? policyUnknown : throwsAway(policy)
}

const behind: TierFault = {
  state: 'warning',
  en: 'It answers, and is not used: it has not yet what it missed. The database answers meanwhile.',
  zh: '正常应答，但尚未补齐缺失的数据，暂不使用；期间由数据库应答。',
  remedyEn:
    'Run doctor again. If it stays so: the user of Redis needs INFO and EVALSHA, and the database has to answer.',
  remedyZh: '请再次运行 doctor。若持续如此：Redis 用户需要 INFO 与 EVALSHA 权限，数据库也须正常应答。',
}

const policyUnknown: TierFault = {
  state: 'skipped',
  en: 'Whether it throws keys away could not be looked at: this user may not ask for INFO memory.',
  zh: '无法查看其是否会淘汰数据：当前用户无权执行 INFO memory。',
  remedyEn: 'Look at it by hand: maxmemory-policy has to be noeviction.',
  remedyZh: '请自行确认 maxmemory-policy 为 noeviction。',
}

function throwsAway(policy: string): TierFault {
  return {
    state: 'warning',
    en: `When its memory is full it throws keys away (maxmemory-policy ${policy}), and with them what may come only once: a sealed call or signed request could be taken twice.`,
    zh: `内存用尽时它会淘汰数据（maxmemory-policy ${policy}），其中包括只能出现一次的内容：加密调用或签名请求可能被接受两次。`,
    remedyEn: 'Set maxmemory-policy to noeviction, and give it memory enough.',
    remedyZh: '请将 maxmemory-policy 设为 noeviction，并配置足够的内存。',
  }
}
