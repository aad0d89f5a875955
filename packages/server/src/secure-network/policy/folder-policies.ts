import { readFunctionsFolder } from '../../functions/read-functions-folder.ts'
import type { Space } from '../../spaces/space.ts'
import type { FunctionPolicy } from './with-function-policies.ts'

/** The policies beside the functions of the spaces' folders, as they are now; for who runs no functions. */
export function folderPolicies(spaces: readonly Space[]): (spaceId: string) => readonly FunctionPolicy[] {
  const read = new Map(spaces.map((space) => [space.spaceId, policiesIn(space)]))
  return (spaceId) => read.get(spaceId) ?? NONE
}

const NONE: readonly FunctionPolicy[] = []

function policiesIn({ functionsFolder, workers }: Space): readonly FunctionPolicy[] {
  if (functionsFolder === undefined) return NONE
  const { functions } = readFunctionsFolder(functionsFolder, workers.timeoutSeconds)
  return [...functions.values()].flatMap(({ name, policy }) => (policy ? [{ name, policy }] : []))
}
