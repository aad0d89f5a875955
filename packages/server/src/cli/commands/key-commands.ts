import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { DrawbridgeError } from '@drawbridge/protocol'
import { makeMasterKey, parseMasterKey } from '../../config/master-key.ts'
import type { Command, CommandContext, Outcome } from '../command.ts'

/** The commands for the keys of the store. */
export const keyCommands: readonly Command[] = [
  {
    name: 'keys rotate',
    summary: {
      en: 'Seal every record with a new data key, while servers run.',
      zh: '用新的数据密钥重新加密所有记录，服务无需停机。',
    },
    options: {
      master: {
        en: 'Change the master key instead, to DRAWBRIDGE_NEW_MASTER_KEY (or …_FILE); in development a new one is made.',
        zh: '改为更换主密钥：取自 DRAWBRIDGE_NEW_MASTER_KEY（或 …_FILE）；开发环境下自动生成。',
      },
    },
    run: (context) => (context.has('master') ? changeMasterKey(context) : rotate(context)),
  },
]

async function rotate(context: CommandContext): Promise<Outcome> {
  context.progress({ en: 'Sealing every record anew …', zh: '正在重新加密所有记录 …' })
  const rotated = await context.withReplica(({ keys }) =>
    keys.rotate((done, total) => {
      if (done === total || done % 1000 === 0) context.progress({ en: `${done} of ${total}`, zh: `${done} / ${total}` })
    }),
  )
  const { keyId, resealed, unreadable } = rotated
  const leftEn = unreadable === 0 ? '' : ` ${unreadable} could not be opened and keep their old key.`
  const leftZh = unreadable === 0 ? '' : `${unreadable} 条无法解密，保留旧密钥。`
  return {
    json: { ...rotated },
    text: context.say({
      en: `Done: key ${keyId}, ${resealed} records sealed anew.${leftEn}`,
      zh: `完成：密钥 ${keyId}，已重新加密 ${resealed} 条记录。${leftZh}`,
    }),
  }
}

async function changeMasterKey(context: CommandContext): Promise<Outcome> {
  // Mistakes are told before anything is changed.
  context.config()
  const given = givenKey(context)
  const ownFile = context.loadConfig().masterKeyFile
  if (given === undefined && ownFile === undefined) {
    throw new DrawbridgeError('MASTER_KEY_INVALID', { variable: 'DRAWBRIDGE_NEW_MASTER_KEY' })
  }
  const text = given ?? makeMasterKey()
  const next = parseMasterKey(text)
  if (!next) throw new DrawbridgeError('MASTER_KEY_INVALID', { variable: 'DRAWBRIDGE_NEW_MASTER_KEY' })
  // The new key is on disk before the store needs it: a crash in between loses nothing.
  const kept = ownFile === undefined ? undefined : `${ownFile}.new`
  if (kept !== undefined) writeFileSync(kept, `${text}\n`, { mode: 0o600 })
  await context.withReplica((replica) => replica.keys.changeMasterKey(next))
  if (kept !== undefined && ownFile !== undefined) renameSync(kept, ownFile)
  const done = ownFile
    ? { en: `Done: ${ownFile} holds the new master key.`, zh: `完成：新主密钥保存在 ${ownFile}。` }
    : {
        en: 'Done. Start every server with the new master key from now on.',
        zh: '完成。今后请用新的主密钥启动所有服务。',
      }
  return { json: { ...(ownFile && { file: ownFile }) }, text: context.say(done) }
}

function givenKey({ world: { env, cwd } }: CommandContext): string | undefined {
  const text = env.DRAWBRIDGE_NEW_MASTER_KEY?.trim()
  if (text) return text
  const file = env.DRAWBRIDGE_NEW_MASTER_KEY_FILE?.trim()
  if (!file) return undefined
  try {
    return readFileSync(resolve(cwd, file), 'utf8').trim()
  } catch (cause) {
    throw new DrawbridgeError('MASTER_KEY_INVALID', { file }, { cause })
  }
}
