import { checkDocstrings } from './check-docstrings.ts'
import { checkDocumentedNames } from './check-documented-names.ts'
import { checkDocuments } from './check-documents.ts'
import { checkErrorCodes } from './check-error-codes.ts'
import { checkFileNames } from './check-file-names.ts'
import { checkFileSize } from './check-file-size.ts'
import { checkImportCycles } from './check-import-cycles.ts'
import { checkImportDirections } from './check-import-directions.ts'
import { checkTests } from './check-tests.ts'
import { checkThrows } from './check-throws.ts'
import { checkWords } from './check-words.ts'
import type { Finding, SourceTree } from './source-tree.ts'

/** Every check that needs only the files' text, by the name that its findings carry. */
export const checkTable: Readonly<Record<string, (tree: SourceTree) => readonly Finding[]>> = {
  'import-directions': checkImportDirections,
  'import-cycles': checkImportCycles,
  'file-names': checkFileNames,
  'file-size': checkFileSize,
  docstrings: checkDocstrings,
  throws: checkThrows,
  'error-codes': checkErrorCodes,
  tests: checkTests,
  words: checkWords,
  documents: checkDocuments,
  'documented-names': checkDocumentedNames,
}
