/**
 * What the name of a setting says of its value: `password` is chosen by people, `token` is made by machines and its word
 * means other things too, and a `key` is as often the name of something. Undefined: not a credential.
 */
export type NamedKind = 'password' | 'secret' | 'token' | 'key';

/** Most names hold none of these, and are done with. */
const hint = /pass|pwd|secret|token|cred|key|jwt|bearer/i;

/** Words are also written together: `PGPASSWORD`, `clientsecret`. */
const isPassword = (word: string): boolean => word === 'pass' || word === 'pwd' || /(?:password|passwd|passphrase|passcode)$/.test(word);
const isSecret = (word: string): boolean => /(?:secrets?|credentials?|^creds)$/.test(word);
const isToken = (word: string): boolean => /^(?:(?:api|auth|access|bearer|refresh|bot|id)?token|jwt|bearer)$/.test(word);
/** Keys that are secret in one word. */
const isKey = (word: string): boolean => /^\w*(?:api|secret|private|access|encryption|signing|auth|master|account)key$/.test(word);
/** What a `key` belongs to that is nothing but one to keep. */
const secretKeys: ReadonlySet<string> = new Set(['api', 'secret', 'private', 'access', 'encryption', 'signing', 'master', 'account', 'auth']);
/** What a `key` belongs to that mostly is one. */
const likelyKeys: ReadonlySet<string> = new Set([
  'encrypt', 'sign', 'signature', 'storage', 'shared', 'batch', 'admin', 'app', 'application', 'hmac', 'aes', 'jwt', 'session', 'cookie', 'deploy', 'unseal', 'recovery',
  'subscription', 'function', 'ingestion', 'write', 'service', 'cipher', 'crypto', 'webhook', 'ssh', 'cli',
]);
/** Words behind it that leave it what it is. */
const fillers: ReadonlySet<string> = new Set(['value', 'content', 'string', 'data', 'base', 'plain', 'plaintext', 'raw', 'literal', 'default', 'initial', 'current', 'old', 'new', 'primary', 'secondary', 'prod', 'production', 'dev', 'test', 'staging']);
/** Words behind it that make it something about the credential. */
const qualifiers: ReadonlySet<string> = new Set([
  'name', 'names', 'ref', 'refs', 'reference', 'file', 'files', 'filename', 'path', 'paths', 'dir', 'directory', 'folder', 'mount', 'volume', 'url', 'urls', 'uri', 'endpoint', 'host', 'port', 'server', 'service', 'issuer', 'audience',
  'namespace', 'ttl', 'expiry', 'expires', 'expiration', 'expire', 'lifetime', 'age', 'timeout', 'duration', 'period', 'interval', 'seconds', 'minutes', 'hours', 'days', 'ratio', 'length', 'size', 'min', 'max', 'minimum', 'maximum', 'limit', 'count', 'budget',
  'policy', 'enabled', 'enable', 'disabled', 'type', 'kind', 'id', 'ids', 'version', 'mode', 'method', 'provider', 'providers', 'store', 'backend', 'manager', 'engine', 'header', 'headers', 'field', 'claim', 'prefix', 'suffix', 'pattern', 'regex', 'algorithm', 'algo', 'alg', 'rotation',
  'format', 'encoding', 'hash', 'hashed', 'checksum', 'sha', 'digest', 'salt', 'arn', 'region', 'env', 'var', 'variable', 'class', 'label', 'labels', 'selector', 'annotation', 'template', 'rule', 'rules', 'scope', 'scopes', 'grant', 'user', 'username', 'login', 'group', 'role', 'resource', 'resources', 'sync', 'refresh', 'reload', 'watch', 'reset', 'authentication', 'auth', 'exchange', 'review', 'request', 'required', 'allowed', 'question', 'hint', 'prompt', 'helper', 'placeholder', 'cache', 'map', 'list', 'query', 'parameter', 'param', 'property', 'fetcher', 'controller', 'agent', 'driver', 'bucket', 'table', 'topic', 'queue', 'plugin', 'plugins', 'protection', 'strength', 'validation', 'validator', 'check', 'checks', 'change', 'changed', 'json', 'yaml', 'yml', 'xml', 'crt', 'cert', 'certificate', 'ca', 'public', 'pub',
]);
/** What comes before a `token` that is no credential. */
const otherTokens: ReadonlySet<string> = new Set(['max', 'pad', 'eos', 'bos', 'unk', 'sep', 'cls', 'mask', 'next', 'page', 'continue', 'continuation', 'stop', 'special', 'start', 'end', 'image', 'csrf', 'xsrf', 'sync', 'per', 'input', 'output', 'prompt', 'cancellation', 'separator', 'automount', 'use', 'enable', 'disable', 'require', 'allow', 'with', 'no', 'skip', 'is', 'has', 'verify', 'hide', 'show', 'delete', 'created']);
/** What comes before a `secret` that is the name of one. */
const namedElsewhere: ReadonlySet<string> = new Set(['existing', 'pull', 'tls', 'cert', 'certificate', 'ca', 'kubernetes', 'kube', 'enable', 'disable', 'use', 'create', 'require', 'allow', 'with', 'no', 'skip', 'is', 'has', 'hide', 'show', 'ignore', 'from', 'external', 'sealed', 'watch', 'generate', 'mount', 'checksum', 'hash', 'sha']);

/** What comes before a `password` that is a switch. */
const switches: ReadonlySet<string> = new Set(['enable', 'disable', 'allow', 'require', 'empty', 'no', 'use', 'forgot', 'reset', 'change', 'show', 'hide', 'is', 'has', 'skip', 'random', 'generate']);
/** `pass` as a verb. */
const passing: ReadonlySet<string> = new Set(['proxy', 'by', 'low', 'high', 'first', 'second', 'single', 'multi', 'two', 'must', 'all', 'fastcgi', 'uwsgi', 'grpc', 'scgi']);

const wordPattern = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g;

/** The words of `DB_PASSWORD`, `dbPassword`, `db.password`. */
const wordsOf = (name: string): readonly string[] => (name.match(wordPattern) ?? []).map((word) => word.toLowerCase());

/** Longest name that is looked at. */
const LONGEST = 200;

export function namedKind(name: string): NamedKind | undefined {
  if (name.length > LONGEST || !hint.test(name)) return undefined;
  const words = wordsOf(name);
  let last = words.length - 1;
  while (last > 0 && (fillers.has(words[last]!) || /^\d+$/.test(words[last]!))) last--;
  const [head, before] = [words[last]!, words[last - 1]];
  if (head === undefined) return undefined;
  if (isPassword(head)) return before !== undefined && (switches.has(before) || (head === 'pass' && passing.has(before))) ? undefined : 'password';
  if (isSecret(head)) return before !== undefined && namedElsewhere.has(before) ? undefined : 'secret';
  if (isToken(head)) return before !== undefined && otherTokens.has(before) ? undefined : 'token';
  if (words.includes('public') || words.includes('publishable')) return undefined;
  if (isKey(head) || (head === 'key' && before !== undefined && secretKeys.has(before))) return 'token';
  if (head === 'key' && before !== undefined && likelyKeys.has(before)) return 'key';
  // `SECRET_OF_X`: what is said of it comes last.
  if (qualifiers.has(head) || head === 'key') return undefined;
  if (words.some((word) => isPassword(word) && word !== 'pass')) return 'password';
  return words.includes('secret') && !words.some((word) => qualifiers.has(word)) ? 'secret' : undefined;
}
