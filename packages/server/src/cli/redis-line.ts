/** A Redis command as one line for `redis-cli`, every word quoted as redis-cli reads it. */
export function redisLine(command: readonly string[]): string {
  return `${command.map(quoted).join(' ')}\n`
}

function quoted(word: string): string {
  if (/^[\w:.-]+$/.test(word)) return word
  const escaped = word
    .replace(/["\\]/g, '\\$&')
    .replace(/[\x00-\x1f\x7f]/g, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`)
  return `"${escaped}"`
}
