const FUNCTION_NAME = /^[A-Za-z0-9_-]{1,64}$/

/** Whether a folder of this name can be a function: letters, digits, `_` and `-`, at most 64. */
export function isFunctionName(name: string): boolean {
  return FUNCTION_NAME.test(name)
}
