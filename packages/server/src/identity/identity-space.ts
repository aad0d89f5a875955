/**
 * Where login keeps what functions may not touch (token sessions, claims of identities, code handles): beside the
 * space's own documents, under a name that no space can have.
 */
export function identitySpace(spaceId: string): string {
  return `#${spaceId}`
}
