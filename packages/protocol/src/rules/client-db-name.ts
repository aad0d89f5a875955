/** What uniCloud's documentation calls clientDB in a rule file, and what its client calls the function. */
export const clientDbNames = { inRules: 'uni-clientDB', called: 'DCloud-clientDB' } as const

/** The name of a function in a call or a rule file, with both names of clientDB made the one that is called. */
export function clientDbName(name: string): string {
  return name === clientDbNames.inRules ? clientDbNames.called : name
}
