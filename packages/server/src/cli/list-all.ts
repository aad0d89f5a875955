import type { Bridge, CredentialSummary, PlatformId } from '@drawbridge/bridge'

const PAGE = 200

/**
 * Everything that is stored, page after page until one is empty: a page may be shorter than asked for (what is no
 * credential is left out) and longer (an encrypt key is listed once for each version).
 */
export async function listAll(
  bridge: Pick<Bridge, 'list'>,
  { platform, appid }: { readonly platform?: PlatformId | undefined; readonly appid?: string | undefined } = {},
): Promise<readonly CredentialSummary[]> {
  const all: CredentialSummary[] = []
  let after: string | undefined
  for (;;) {
    const page = await bridge.list({
      limit: PAGE,
      ...(platform !== undefined && { platform }),
      ...(after !== undefined && { after }),
    })
    all.push(...page.filter((one) => appid === undefined || one.appid === appid))
    after = page.at(-1)?.storageKey
    if (after === undefined) return all
  }
}
