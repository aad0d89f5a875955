/** Writes a flat message as WeChat's XML: texts in CDATA, numbers bare. */
export function toXml(message: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(message).map(([name, value]) => `<${name}>${xmlValue(value)}</${name}>`)
  return `<xml>${fields.join('')}</xml>`
}

/** Reads the fields of a flat XML message; null prototype. */
export function fromXml(xml: string): Readonly<Record<string, string>> {
  const fields = Object.create(null) as Record<string, string>
  const inner = /<xml>([\s\S]*)<\/xml>/.exec(xml)?.[1] ?? ''
  for (const [, name = '', cdata, bare = ''] of inner.matchAll(
    /<(\w+)>(?:<!\[CDATA\[([\s\S]*?)\]\]>|([^<]*))<\/\1>/g,
  )) {
    fields[name] = cdata ?? bare
  }
  return fields
}

function xmlValue(value: unknown): string {
  return typeof value === 'number' ? String(value) : `<![CDATA[${String(value).replaceAll(']]>', ']]]]><![CDATA[>')}]]>`
}
