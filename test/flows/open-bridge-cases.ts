import { readFileSync } from 'node:fs'

/** One step of a case: a module call, an HTTP call, or an operation on the world. */
export interface Step {
  readonly call?: string
  readonly http?: string
  readonly uniid?: string
  readonly op?: string
  readonly key?: Readonly<Record<string, unknown>>
  readonly value?: unknown
  readonly expiresIn?: unknown
  readonly fallback?: { readonly returns?: unknown; readonly throw?: string }
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly source?: string
  readonly clientIP?: string
  readonly isBase64Encoded?: boolean
  readonly params?: readonly unknown[]
  readonly expect?: Expectation
  readonly [name: string]: unknown
}

/** What the reference answered: a value, or a failure in its words. */
export interface Expectation {
  readonly ok: boolean
  readonly value?: unknown
  readonly message?: string
  readonly code?: string | number
  readonly fallbackCalls?: number
}

/** One recorded case. */
export interface Case {
  readonly id: string
  readonly level: 'must' | 'should' | 'diverge'
  readonly title: string
  readonly config: string
  readonly needs: readonly string[]
  readonly compare?: 'message' | 'code' | 'fails'
  readonly redis?: boolean
  readonly t0?: number
  readonly better?: string
  readonly steps: readonly Step[]
}

/** The file as a whole. */
export interface Cases {
  readonly t0: number
  readonly configs: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly cases: readonly Case[]
}

/** Reads the recorded cases. */
export function readCases(): Cases {
  const text = readFileSync(new URL('../vectors/open-bridge-cases.json', import.meta.url), 'utf8')
  return JSON.parse(text) as Cases
}
