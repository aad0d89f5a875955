import { DrawbridgeError } from '@drawbridge/protocol'
import { explainErrcode } from '../../doctor/errcodes.ts'
import type { Finding } from '../../doctor/finding.ts'
import { runDoctor } from '../../doctor/run-doctor.ts'
import type { Command, CommandContext, Outcome } from '../command.ts'
import { exitCode } from '../exit-code.ts'
import type { Language, Sentence } from '../language.ts'

/** The commands that examine and explain. */
export const doctorCommands: readonly Command[] = [
  {
    name: 'doctor',
    summary: {
      en: 'Examine configuration, stores, clock, platforms, credentials and settings; exits with 0 when nothing is wrong but for warnings.',
      zh: '检查配置、存储、时钟、平台、凭据与设置；除警告外没有问题时退出码为 0。',
    },
    options: {
      'ask-platform': {
        en: 'Make one real token call for each app: the only way to see whether secret and IP white list are right.',
        zh: '为每个应用真实获取一次 token：确认 appsecret 与 IP 白名单的唯一方法。',
      },
    },
    run: examine,
  },
  {
    name: 'doctor explain',
    words: ['<errcode>'],
    summary: { en: 'Explain an errcode of WeChat or QQ, and what to do.', zh: '解释微信或 QQ 的 errcode 及处理办法。' },
    run: explain,
  },
]

const parts: Readonly<Record<Finding['check'], Sentence>> = {
  configuration: { en: 'configuration', zh: '配置' },
  store: { en: 'stores', zh: '存储' },
  platform: { en: 'platforms', zh: '平台' },
  clock: { en: 'clock', zh: '时钟' },
  whitelist: { en: 'secret and white list', zh: '密钥与白名单' },
  credentials: { en: 'credentials', zh: '凭据' },
  settings: { en: 'settings', zh: '设置' },
}

async function examine(context: CommandContext): Promise<Outcome> {
  const loaded = context.loadConfig()
  const findings = await runDoctor({
    loaded,
    machinery: context.machinery,
    mayAskPlatform: context.has('ask-platform'),
    now: context.world.now,
    onPart: (check) => context.progress({ en: `Looking at ${parts[check].en} …`, zh: `正在检查${parts[check].zh} …` }),
  })
  const isIll = findings.some(({ state }) => state === 'error')
  return {
    json: { findings },
    text: findings.map((finding) => showFinding(finding, context.language)).join('\n'),
    exit: loaded.config ? (isIll ? exitCode.failed : exitCode.done) : exitCode.configuration,
  }
}

const signs: Readonly<Record<Finding['state'], string>> = { ok: '✓', info: 'i', warning: '!', error: '✗', skipped: '-' }

function showFinding(finding: Finding, language: Language): string {
  const remedy = language === 'zh' ? finding.remedyZh : finding.remedyEn
  const head = `${signs[finding.state]} ${parts[finding.check][language]}  ${finding.subject}`
  return [head, `    ${finding[language]}`, ...(remedy ? [`    → ${remedy}`] : [])].join('\n')
}

async function explain(context: CommandContext): Promise<Outcome> {
  const [word = ''] = context.words
  if (!/^-?\d{1,9}$/.test(word)) throw new DrawbridgeError('REQUEST_INVALID', { field: 'errcode', expected: '40164' })
  const found = explainErrcode(Number(word))
  if (!found) {
    const absent = {
      en: 'This errcode is not in the table; search developers.weixin.qq.com for it.',
      zh: '表中没有该 errcode，请在 developers.weixin.qq.com 查询。',
    }
    return {
      json: { errcode: Number(word), error: { code: 'ERRCODE_UNKNOWN', ...absent } },
      text: context.say(absent),
      exit: exitCode.absent,
    }
  }
  const { code, text, en, zh, remedyEn, remedyZh } = found
  // Both languages whatever the choice: the one who asks and the one who must act may be two people.
  const lines = [`${code}${text === '' ? '' : `  ${text}`}`, `  ${zh}`, `  → ${remedyZh}`, `  ${en}`, `  → ${remedyEn}`]
  return { json: { ...found }, text: lines.join('\n') }
}
