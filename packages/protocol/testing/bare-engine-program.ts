import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { readVectors } from './read-vectors.ts'

/**
 * Lays the envelope, its primitives in JavaScript and the check of its vectors into a folder as plain modules, for
 * engines that have neither TypeScript nor packages. The program takes from its engine what a mini program lacks, and
 * prints one line: `BareEngineReport` as JSON.
 * @returns the file to run as a module
 */
export function writeBareEngineProgram(folder: string): string {
  const laid = new Map<string, string>()
  const check = lay(folder, join(import.meta.dirname, 'check-envelope-vectors.ts'), laid)
  const primitives = lay(folder, join(import.meta.dirname, '../src/noble/noble-primitives.ts'), laid)
  const sha256 = lay(folder, join(import.meta.dirname, '../src/sha256/small-sha256.ts'), laid)
  writeFileSync(join(folder, 'bare-host.js'), BARE_HOST)
  writeFileSync(join(folder, 'vectors.js'), `export default ${JSON.stringify(readVectors())}\n`)
  const main = join(folder, 'main.js')
  writeFileSync(
    main,
    [
      `import { say, had } from './bare-host.js'`,
      `import vectors from './vectors.js'`,
      `import { checkEnvelopeVectors } from './${check}'`,
      `import { noblePrimitives } from './${primitives}'`,
      `import { smallSha256 } from './${sha256}'`,
      `const small = { ...noblePrimitives, hashes: { sha256: smallSha256 } }`,
      `const results = [noblePrimitives, small].map((primitives) => checkEnvelopeVectors(vectors, primitives))`,
      `const checks = Math.min(...results.map(({ checks }) => checks))`,
      `const faults = results.flatMap(({ faults }) => faults)`,
      `const missing = ['TextEncoder', 'TextDecoder', 'crypto', 'Buffer', 'atob'].filter((name) => !(name in globalThis))`,
      `say(JSON.stringify({ checks, faults, missing, isBigIntShim: BigInt === Number, had }))`,
    ].join('\n'),
  )
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
  return main
}

/** What the program prints. */
export interface BareEngineReport {
  readonly checks: number
  readonly faults: readonly string[]
  /** Which of the usual globals the engine did not have while it ran. */
  readonly missing: readonly string[]
  /** Whether the package's own stand-in served as BigInt. */
  readonly isBigIntShim: boolean
  /** Which globals had to be taken away. */
  readonly had: readonly string[]
}

/** Runs before everything else, since imports are evaluated in their order. */
const BARE_HOST = `
export const say = typeof print === 'function' ? print : console.log.bind(console)
export const had = ['TextEncoder', 'TextDecoder', 'crypto', 'Buffer', 'atob', 'btoa', 'BigInt', 'BigInt64Array',
  'BigUint64Array', 'structuredClone', 'URL', 'WebAssembly'].filter((name) => delete globalThis[name] && name in globalThis === false)
for (const name of ['getBigInt64', 'getBigUint64', 'setBigInt64', 'setBigUint64']) delete DataView.prototype[name]
`

const ROOT = join(import.meta.dirname, '../../..')
const SPECIFIER = /((?:from|import)\s*)(['"])([^'"\n]+)\2/g

/** Lays a module and all that it imports; answers its path in the folder. */
function lay(folder: string, path: string, laid: Map<string, string>): string {
  const known = laid.get(path)
  if (known !== undefined) return known
  const place = relative(ROOT, path).replace(/\.ts$/, '.js')
  laid.set(path, place)
  const source = readFileSync(path, 'utf8')
  const plain = path.endsWith('.ts') ? stripTypeScriptTypes(source) : source
  const linked = plain.replace(SPECIFIER, (_, keyword: string, quote: string, specifier: string) => {
    const url = specifier.startsWith('.')
      ? new URL(specifier, pathToFileURL(path)).href
      : import.meta.resolve(specifier)
    const target = lay(folder, fileURLToPath(url), laid)
    const linkedTo = relative(dirname(place), target)
    return `${keyword}${quote}${linkedTo.startsWith('.') ? linkedTo : `./${linkedTo}`}${quote}`
  })
  mkdirSync(dirname(join(folder, place)), { recursive: true })
  writeFileSync(join(folder, place), linked)
  return place
}
