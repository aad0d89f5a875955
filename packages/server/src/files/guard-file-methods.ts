import { DrawbridgeError } from '@drawbridge/protocol'
import { currentPolicy } from '../secure-network/current-policy.ts'
import { openedCall } from '../secure-network/opened-call.ts'
import { passPolicy } from '../secure-network/pass-policy.ts'
import type { PolicySource } from '../secure-network/policy-source.ts'
import { isRefused } from '../secure-network/refusal.ts'
import type { VerdictSink } from '../secure-network/verdict.ts'
import type { FileCall, FileMethods } from '../unicloud/file-methods.ts'
import { FILES_OBJECT } from './create-files-object.ts'

/** What the stock client's file methods are held against. */
export interface FileGuardDeps {
  readonly policies: PolicySource
  readonly verdicts: VerdictSink
  /** ms since epoch. */
  readonly now: () => number
}

/**
 * The stock client's file methods as calls of `drawbridge-files`, judged by the policy as every other call: where a rule
 * guards that object they are refused with `ENVELOPE_REQUIRED`, unless the policy lets their source pass. A client that
 * says what it says of itself here proves nothing, so nothing of it is asked.
 */
export function guardFileMethods(methods: FileMethods, { policies, verdicts, now }: FileGuardDeps): FileMethods {
  const guard =
    <Params, Result>(method: string, run: (call: FileCall, params: Params) => Promise<Result>) =>
    async (call: FileCall, params: Params): Promise<Result> => {
      const { space, facts } = call
      const target = { kind: 'object', name: FILES_OBJECT, method } as const
      const opened = openedCall({ wire: 'files', space, target, args: {}, facts }, undefined)
      const passed = passPolicy(opened, currentPolicy(policies, space), { verdicts, now })
      if (isRefused(passed)) throw new DrawbridgeError(passed.refused.code)
      return run(call, params)
    }
  return {
    signAliyunUpload: guard('prepareUpload', methods.signAliyunUpload),
    reportAliyunUpload: guard('reportUpload', methods.reportAliyunUpload),
    describeAliyunFiles: guard('getTempFileURL', methods.describeAliyunFiles),
    signDcloudUpload: guard('prepareUpload', methods.signDcloudUpload),
    reportDcloudUpload: guard('reportUpload', methods.reportDcloudUpload),
    deleteDcloudFiles: guard('deleteFile', methods.deleteDcloudFiles),
    signDcloudUrls: guard('getTempFileURL', methods.signDcloudUrls),
  }
}
