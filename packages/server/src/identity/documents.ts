import type { DocumentStore } from '../documents/document-store.ts'

/** A document store within or without a transaction. */
export type Documents = Omit<DocumentStore, 'transaction' | 'close'>
