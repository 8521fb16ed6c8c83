import type { ApiKeyTokens } from '#application/ports/api-key-tokens.js';
import { matchesApiKey, mintApiKey, parseApiKey, type Pepper } from './api-key.js';

/** API keys under the pepper of the settings. */
export const apiKeyTokens = (pepper: Pepper): ApiKeyTokens => ({
  mint: () => mintApiKey(pepper),
  parse: parseApiKey,
  matches: (secret, hash) => matchesApiKey(pepper, secret, hash),
});
