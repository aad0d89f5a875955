import { isPassive } from './file-type.ts'

/** How a file is to be opened: shown in place when nothing in it can run, else saved, under its own name (RFC 6266, RFC 8187). */
export function contentDisposition(name: string, type: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const full = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${isPassive(type) ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${full}`
}
