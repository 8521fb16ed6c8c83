import type { LogFields } from './log.js';

/** Key names (without case and separators) whose values are never written. */
const secretKey = /authori[sz]ation|^auth$|token|secret|passw|passphrase|credential|kubeconfig|cookie|pepper|apikey|privatekey|operatorkey|encryptionkey|cursorkey|signingkey|datakey|clientkey|databaseurl|redisurl|^key$|^keys$|^jwt$|signature/;
/** Names that only sound like it: what is said about a secret, as `tokenId` or `secret_name`. */
const harmlessKey = /([a-z](Id|Ids|Name|Count|Kind|Type|At)|_(id|ids|name|count|kind|type|at))$/;

const redacted = '[redacted]';
const maxDepth = 6;
const maxEntries = 100;
const maxText = 8_192;

const isSecretKey = (key: string): boolean => secretKey.test(key.toLowerCase().replace(/[^a-z]/g, '')) && !harmlessKey.test(key);
const isSecret = (key: string, value: unknown): boolean => value !== undefined && value !== null && typeof value !== 'boolean' && isSecretKey(key);

/** Secrets that stand inside a text: passwords of URLs, bearer and basic credentials, JWTs, PEM keys. */
const scrub = (text: string): string =>
  (text.length > maxText ? `${text.slice(0, maxText)} … (${text.length} characters)` : text)
    .replace(/(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@]*@/gi, `$1${redacted}@`)
    .replace(/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${redacted}`)
    .replace(/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, redacted)
    .replace(/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, redacted);

/** A copy that is safe to write: secrets redacted by name and by shape, depth and size bounded, cycles cut. */
export function redact(fields: LogFields): LogFields {
  return safeObject(fields, 0, new Set());
}

/** The same for a message. */
export const redactText = scrub;

function safe(value: unknown, depth: number, above: Set<object>): unknown {
  if (typeof value === 'string') return scrub(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (depth >= maxDepth) return '[deep]';
  if (above.has(value)) return '[circular]';
  above.add(value);
  const copy = value instanceof Error ? safeError(value, depth, above) : Array.isArray(value) ? safeList(value, depth, above) : safeObject(value, depth, above);
  above.delete(value);
  return copy;
}

function safeList(list: readonly unknown[], depth: number, above: Set<object>): unknown[] {
  const kept = list.slice(0, maxEntries).map((item) => safe(item, depth + 1, above));
  return list.length > maxEntries ? [...kept, `… (${list.length} items)`] : kept;
}

function safeObject(value: object, depth: number, above: Set<object>): Record<string, unknown> {
  const source: readonly (readonly [unknown, unknown])[] = value instanceof Map || value instanceof Set ? [...value.entries()] : Object.entries(value);
  const kept = source.slice(0, maxEntries).map(([rawKey, item]): [string, unknown] => {
    const key = String(rawKey);
    return [key, isSecret(key, item) ? redacted : safe(item, depth + 1, above)];
  });
  if (source.length > maxEntries) kept.push(['…', `${source.length} entries`]);
  // Defines even a key called __proto__ instead of obeying it.
  return Object.fromEntries(kept);
}

function safeError(error: Error, depth: number, above: Set<object>): Record<string, unknown> {
  const { name, message, stack, cause, ...own } = error as Error & Record<string, unknown>;
  return {
    type: scrub(name),
    message: scrub(message),
    ...(stack ? { stack: scrub(stack) } : {}),
    ...(cause === undefined ? {} : { cause: safe(cause, depth + 1, above) }),
    ...(error instanceof AggregateError ? { errors: safeList(error.errors, depth + 1, above) } : {}),
    ...safeObject(toldByErrors(own), depth, above),
  };
}

/** Libraries hang clients, queries and whole rows on their errors; what tells errors apart is short. */
const told = /^(code|errno|syscall|address|port|status|statusCode|reason|kind|severity|constraint|table|column|schema|routine|errors|retryAfter|problems|isUnreachable)$/;

const toldByErrors = (own: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(own).filter(([key]) => told.test(key)));
