import type { ReloadFault } from './function-host.ts'

/** What is wrong in a functions folder; the message ends with what to do. */
export interface FolderMistake extends ReloadFault {
  /** What becomes of it: the function is not served, or it is served without the wrong part, or nothing is wrong but worth knowing. */
  readonly weight: 'unusable' | 'mended' | 'note'
}

/** Takes one mistake. */
export type ReportMistake = (mistake: FolderMistake) => void
