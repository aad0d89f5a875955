/** The parts of a JSON Schema that the configuration's schema uses. */
interface Schema {
  readonly type?: string
  readonly description?: string
  readonly enum?: readonly string[]
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
}

const INTRO = `# Configuration, key by key

Everything that \`drawbridge.config.json\` may hold; how the sources play together is in the [guide](../guide/configuration.md). The file may have comments and trailing commas. An unknown key is a mistake that is reported, with the key that was probably meant. Where a description ends in a value, that is the default.

A *secret* is the text itself, \`{"env": "NAME"}\` for an environment variable, or \`{"file": "path"}\` for a file with the secret as its only content, relative to the configuration file.

This page is made from \`packages/server/data/drawbridge.config.schema.json\`: \`npm run docs\` writes it, \`npm run check\` holds it against the schema.
`

/** The reference of the configuration file, in Markdown, from the text of its JSON Schema. */
export function configurationPage(schemaText: string): string {
  const rows = keyRows(JSON.parse(schemaText) as Schema, '')
  return [INTRO, '| key | value | meaning |', '| --- | --- | --- |', ...rows, ''].join('\n')
}

function keyRows(schema: Schema, prefix: string): readonly string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    if (name === '$schema') return []
    const path = `${prefix}${name}`
    const isSecret = property.anyOf !== undefined
    const needed = schema.required?.includes(name) === true ? ' **Required.**' : ''
    const meaning = `${isSecret ? '' : (property.description ?? property.items?.description ?? '')}${needed}`.trim()
    const inside = property.items?.properties ? keyRows(property.items, `${path}[].`) : keyRows(property, `${path}.`)
    return [`| \`${path}\` | ${valueOf(property)} | ${cell(meaning)} |`, ...inside]
  })
}

function valueOf(schema: Schema): string {
  if (schema.anyOf) return 'secret'
  if (schema.enum) return schema.enum.map((word) => `\`${word}\``).join(', ')
  if (schema.items) return schema.items.properties ? 'list' : `list of ${valueOf(schema.items)}`
  return schema.type ?? ''
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
