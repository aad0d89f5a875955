import { SimulatorError } from '../simulator-error.ts'

/** A JSON object from the control URL, whose fields are yet unchecked. */
export type ControlInput = Readonly<Record<string, unknown>>

/** A text that must be there. Throws CONTROL_INPUT_INVALID. */
export function textField(input: ControlInput, field: string): string {
  const value = optionalText(input, field)
  if (value === undefined) throw new SimulatorError('CONTROL_INPUT_INVALID', `"${field}" must be a text.`)
  return value
}

/** An object that must be there. Throws CONTROL_INPUT_INVALID. */
export function objectField(input: ControlInput, field: string): ControlInput {
  const value = input[field]
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as ControlInput
  throw new SimulatorError('CONTROL_INPUT_INVALID', `"${field}" must be an object.`)
}

/** A text, or undefined when the field is absent. Throws CONTROL_INPUT_INVALID. */
export function optionalText(input: ControlInput, field: string): string | undefined {
  return optional(input, field, 'string') as string | undefined
}

/** A number, or undefined when the field is absent. Throws CONTROL_INPUT_INVALID. */
export function optionalNumber(input: ControlInput, field: string): number | undefined {
  return optional(input, field, 'number') as number | undefined
}

/** A boolean, or undefined when the field is absent. Throws CONTROL_INPUT_INVALID. */
export function optionalBoolean(input: ControlInput, field: string): boolean | undefined {
  return optional(input, field, 'boolean') as boolean | undefined
}

/** One of some texts, or undefined when the field is absent. Throws CONTROL_INPUT_INVALID. */
export function optionalOneOf<T extends string>(
  input: ControlInput,
  field: string,
  values: readonly T[],
): T | undefined {
  const value = optionalText(input, field)
  const found = values.find((one) => one === value)
  if (value === undefined || found !== undefined) return found
  throw new SimulatorError('CONTROL_INPUT_INVALID', `"${field}" must be one of ${values.join(', ')}.`)
}

/** A whole number in a query, or undefined when absent. Throws CONTROL_INPUT_INVALID. */
export function queryNumber(input: ControlInput, field: string): number | undefined {
  const value = optionalText(input, field)
  if (value === undefined) return undefined
  if (!/^-?\d{1,15}$/.test(value))
    throw new SimulatorError('CONTROL_INPUT_INVALID', `"${field}" must be a whole number.`)
  return Number(value)
}

function optional(input: ControlInput, field: string, type: 'string' | 'number' | 'boolean'): unknown {
  const value = input[field]
  if (value === undefined || typeof value === type) return value
  throw new SimulatorError('CONTROL_INPUT_INVALID', `"${field}" must be a ${type === 'string' ? 'text' : type}.`)
}
