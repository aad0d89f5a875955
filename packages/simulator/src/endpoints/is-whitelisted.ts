import { BlockList, isIP } from 'node:net'
import type { App } from '../state/apps.ts'
import type { SwitchBoard } from '../state/switch-board.ts'

const LOOPBACK = ['127.0.0.0/8', '::1']

/** May this address fetch tokens for the app? Lists hold addresses and CIDR ranges. */
export function isWhitelisted(app: App, address: string, switches: SwitchBoard): boolean {
  const list = listOf(app, switches)
  if (list === undefined) return true
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  return isIP(address) !== 0 && blockList(list).check(address, family)
}

/** The text of 40164: the address as the platform saw it, twice. */
export function ipRefusalText(address: string): string {
  const ipv6 = isIP(address) === 6 ? address : `::ffff:${address}`
  return `invalid ip ${address} ipv6 ${ipv6}, not in whitelist`
}

function listOf(app: App, switches: SwitchBoard): readonly string[] | undefined {
  if (app.ipWhitelist !== null) {
    return app.type === 'mp' && !switches.get('whitelistForMiniPrograms', app) ? undefined : app.ipWhitelist
  }
  if (app.type !== 'oa') return undefined
  const lists: Readonly<Record<string, readonly string[] | undefined>> = { loopback: LOOPBACK, nobody: [] }
  return lists[switches.get('whitelistForOfficialAccounts', app)]
}

const built = new WeakMap<readonly string[], BlockList>()

function blockList(list: readonly string[]): BlockList {
  const known = built.get(list)
  if (known !== undefined) return known
  const blocks = new BlockList()
  for (const entry of list) addEntry(blocks, entry)
  built.set(list, blocks)
  return blocks
}

function addEntry(blocks: BlockList, entry: string): void {
  const [address = '', bits] = entry.split('/')
  const family = isIP(address)
  if (family === 0) return
  const type = family === 6 ? 'ipv6' : 'ipv4'
  if (bits === undefined) blocks.addAddress(address, type)
  else if (/^\d+$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32))
    blocks.addSubnet(address, Number(bits), type)
}
