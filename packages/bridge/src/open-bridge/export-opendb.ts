import type { TieredStore } from '../store/tiers.ts'
import { toOpendb } from './to-opendb.ts'
import type { OpendbDocument } from './to-opendb.ts'

const PAGE = 500

/** Every record as the reference would have written it: one document a key, and one a version of an encrypt key. */
export async function* exportOpendb(store: Pick<TieredStore, 'list'>): AsyncGenerator<OpendbDocument> {
  let after: string | undefined
  for (;;) {
    const page = await store.list({ prefix: 'uni-id:', limit: PAGE, ...(after === undefined ? {} : { after }) })
    for (const listed of page) yield* toOpendb(listed)
    after = page.at(-1)?.key
    if (page.length < PAGE || after === undefined) return
  }
}
