export { bundle } from './bundle.ts'
export type { BundleOptions } from './bundle.ts'
export { bundleTable } from './bundle-table.ts'
export type { BundleRow } from './bundle-table.ts'
