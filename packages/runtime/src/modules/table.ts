const folders: Readonly<Record<string, string>> = {
  'uni-config-center': 'config-center',
  'uni-cloud-s2s': 's2s',
  'uni-id-common': 'uni-id',
  'uni-open-bridge-common': 'open-bridge',
}

/** What uniCloud brings under bare names; a project's own copy comes first. */
export const builtInModules: ReadonlyMap<string, URL> = new Map(
  Object.entries(folders).map(([name, folder]) => [name, entryOf(folder)]),
)

function entryOf(folder: string): URL {
  return new URL(`./${folder}/main${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
}
