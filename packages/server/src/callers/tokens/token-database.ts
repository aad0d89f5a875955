/** A row of the table of bearer tokens. Moments are ms since epoch. */
export interface TokenTable {
  readonly id: string
  readonly name: string
  /** SHA-256 of the token, hex. The token itself is kept nowhere. */
  readonly secret_hash: string
  /** A JSON array of scopes, each as `app:kind:verb`. */
  readonly scopes: string
  readonly created_by: string
  readonly created_at: number
  readonly expires_at: number
  readonly last_used_at: number | null
  readonly revoked_at: number | null
}

/** The tables of bearer tokens, for kysely. */
export interface TokenDatabase {
  readonly bearer_tokens: TokenTable
}
