/** What a command may use of the machine; made in one place, handed down to all. */
export interface World {
  /** What follows the name of the program. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Whose process it is, as the machine says; left out where it does not know. */
  readonly user?: string | undefined
  /** The package's version. */
  readonly version: string
  /** Writes to standard output, as it is. */
  readonly out: (text: string) => void
  /** Writes to standard error, as it is. */
  readonly err: (text: string) => void
  /** All of standard input. */
  readonly readInput: () => Promise<string>
  /** Whether a person sits at the terminal. */
  readonly isInteractive: boolean
  /** ms since epoch. */
  readonly now: () => number
  /** Rejects when the signal aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  /** Keeps the process, which waits alone do not; what it gives lets it go. */
  readonly hold?: () => () => void
  /** Resolves at the first signal to stop; a second one ends the process at once. */
  readonly stopped: () => Promise<void>
}

/** Time, as the world has it. */
export interface Time extends Pick<World, 'now' | 'sleep'> {
  /** Whether `now` is this machine's clock, which may be wrong and is corrected by what all replicas share. */
  readonly isMachineClock?: boolean
}
