import { Type } from 'typebox'

const sum = Type.Integer()

/** What a policy would have done with calls that were made, as `DryRunReport` has it. */
export const dryRunAnswer = Type.Object({
  calls: sum,
  admitted: sum,
  refused: sum,
  newlyRefused: Type.Integer({ description: 'Would be refused, and went through' }),
  newlyAdmitted: Type.Integer({ description: 'Would go through, and were refused' }),
  refusedBefore: Type.Integer({ description: 'Refused before any rule; they stay so' }),
  unclear: Type.Integer({ description: 'In too many shapes to be told apart' }),
  rows: Type.Array(
    Type.Object({
      functionName: Type.String(),
      target: Type.String(),
      source: Type.String(),
      code: Type.String(),
      reason: Type.String(),
      rule: Type.Optional(Type.String()),
      proven: Type.Boolean(),
      appId: Type.String(),
      platform: Type.String(),
      version: Type.String(),
      secretType: Type.String(),
      how: Type.String(),
      calls: sum,
      refusedThen: sum,
      unknownApps: Type.Optional(
        Type.Integer({ description: 'How many apps that are not in the applications list were claimed' }),
      ),
    }),
    { description: 'What would be refused, most calls first; at most 500' },
  ),
  rowsLeftOut: Type.Integer({ description: 'How many rows there are besides' }),
})
