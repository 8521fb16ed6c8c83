import type { CertificateFact } from '../certificate-fact.js';
import type { KubeconfigSettings, UserKind } from '../config-facts.js';
import { normalPath } from '../host-path.js';
import { ConfigError } from './config-error.js';
import { listOf, mapOf, optionalText, type Fields } from './fields.js';

/** `directory` is the file's own: relative paths are taken from it. `certificateOf` reads the public part of a PEM. */
export function kubeconfigSettings(document: unknown, directory: string, certificateOf: (pem: Buffer) => CertificateFact | undefined): KubeconfigSettings {
  const root = mapOf(document, 'The file');
  if (root['kind'] !== 'Config' || root['apiVersion'] !== 'v1') throw new ConfigError('It is to be a Config of v1; its kind or apiVersion says otherwise or is missing.');
  const contexts = named(root['contexts'], 'contexts', 'context');
  const current = optionalText(root['current-context'], 'current-context') ?? '';
  const context = current === '' ? (contexts.length === 1 ? contexts[0] : undefined) : contexts.find(({ name }) => name === current);
  if (!context) throw new ConfigError('Its current-context names none of its contexts, so which cluster and user count cannot be told.');
  const cluster = partOf(root, 'clusters', 'cluster', context.fields['cluster']);
  const user = partOf(root, 'users', 'user', context.fields['user']);
  const [server, authority, certificateFile] = [
    optionalText(cluster['server'], 'cluster.server'),
    optionalText(cluster['certificate-authority'], 'cluster.certificate-authority'),
    optionalText(user['client-certificate'], 'user.client-certificate'),
  ];
  const certificate = isGiven(user['client-certificate-data']) ? certificateOf(Buffer.from(String(user['client-certificate-data']), 'base64')) : undefined;
  const absolute = (path: string): string => normalPath(path.startsWith('/') ? path : `${directory}/${path}`);
  return {
    ...(server !== undefined && { server }),
    skipsTlsVerify: cluster['insecure-skip-tls-verify'] === true,
    ...(authority && { authorityFile: absolute(authority) }),
    hasEmbeddedAuthority: isGiven(cluster['certificate-authority-data']),
    userKind: kindOf(user),
    ...(certificateFile && { certificateFile: absolute(certificateFile) }),
    ...(certificate && { certificate }),
  };
}

interface Named {
  readonly name: string;
  readonly fields: Fields;
}

const named = (value: unknown, list: string, part: string): readonly Named[] =>
  listOf(value, list).map((item) => {
    const entry = mapOf(item, `an entry of ${list}`);
    return { name: optionalText(entry['name'], `${list}[].name`) ?? '', fields: mapOf(entry[part], `${list}[].${part}`) };
  });

const partOf = (root: Fields, list: string, part: string, name: unknown): Fields => named(root[list], list, part).find((entry) => entry.name === name)?.fields ?? {};

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/** In the order that client-go prefers them. */
const kinds: readonly (readonly [string, UserKind])[] = [
  ['exec', 'exec'],
  ['auth-provider', 'auth-provider'],
  ['tokenFile', 'token-file'],
  ['token', 'token'],
  ['client-certificate-data', 'certificate-embedded'],
  ['client-certificate', 'certificate-file'],
  ['username', 'password'],
];

const kindOf = (user: Fields): UserKind => kinds.find(([key]) => isGiven(user[key]))?.[1] ?? 'none';
