/** The parts of a package.json that matter here; the rest is handed on as it is. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly exports?: unknown
  readonly dependencies?: Readonly<Record<string, string>>
  readonly publishConfig?: Readonly<Record<string, unknown>>
  readonly [field: string]: unknown
}

/**
 * The package.json under which a workspace package is published: what `publishConfig` says of its exports holds.
 * In the workspace the exports name the sources; npm itself takes nothing but registry settings from `publishConfig`.
 */
export function publishableManifest(manifest: Manifest): Manifest {
  const { exports, access = 'public', ...rest } = manifest.publishConfig ?? {}
  return { ...manifest, exports: exports ?? manifest.exports, publishConfig: { ...rest, access } }
}
