/** What the process answers to the shell. */
export const exitCode = {
  done: 0,
  /** It was tried and failed. */
  failed: 1,
  /** The command line makes no sense. */
  usage: 2,
  /** The configuration has mistakes. */
  configuration: 3,
  /** What was asked for is not there. */
  absent: 4,
} as const

/** One of `exitCode`'s values. */
export type ExitCode = (typeof exitCode)[keyof typeof exitCode]
