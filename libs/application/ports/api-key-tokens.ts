/** Makes and checks the text of API keys; holds the pepper, which is not in the database. */
export interface ApiKeyTokens {
  /** `token` is shown once and stored nowhere; the rest is stored. */
  mint(): { readonly token: string; readonly lookupId: string; readonly hash: Uint8Array; readonly shownPrefix: string };
  /** Undefined for a text that nobody can have minted. */
  parse(token: string): { readonly lookupId: string; readonly secret: string } | undefined;
  /** In constant time. */
  matches(secret: string, hash: Uint8Array): boolean;
}
