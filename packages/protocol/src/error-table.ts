import type { ErrorRow } from './errors/error-row.ts'
import { callerRows } from './errors/caller-rows.ts'
import { configurationRows } from './errors/configuration-rows.ts'
import { credentialRows } from './errors/credential-rows.ts'
import { documentRows } from './errors/document-rows.ts'
import { fileRows } from './errors/file-rows.ts'
import { functionRows } from './errors/function-rows.ts'
import { gatewayRows } from './errors/gateway-rows.ts'
import { identityRows } from './errors/identity-rows.ts'
import { requestRows } from './errors/request-rows.ts'
import { secureNetworkRows } from './errors/secure-network-rows.ts'
import { spaceRows } from './errors/space-rows.ts'
import { storeRows } from './errors/store-rows.ts'
import { systemRows } from './errors/system-rows.ts'
import { upstreamRows } from './errors/upstream-rows.ts'

const rows = {
  ...credentialRows,
  ...upstreamRows,
  ...storeRows,
  ...callerRows,
  ...requestRows,
  ...configurationRows,
  ...systemRows,
  ...functionRows,
  ...identityRows,
  ...documentRows,
  ...fileRows,
  ...spaceRows,
  ...secureNetworkRows,
  ...gatewayRows,
} as const satisfies Readonly<Record<string, ErrorRow>>

/** The name of an error; the stable thing that programs compare. */
export type ErrorCode = keyof typeof rows

/** Every error by its code. Its prototype is null: an outsider's string finds nothing that is not a row. */
export const errorTable: Readonly<Record<ErrorCode, ErrorRow>> = Object.freeze(
  Object.assign(Object.create(null) as Record<ErrorCode, ErrorRow>, rows),
)
