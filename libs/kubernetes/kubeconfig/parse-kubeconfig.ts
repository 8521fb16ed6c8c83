import { isIP } from 'node:net';
import type { AddressPolicy } from '#egress/address-policy.js';
import { EgressError } from '#egress/egress-error.js';
import { parseStrictUrl, parseTargetUrl } from '#egress/target-url.js';
import { checkCertificates, checkPrivateKey, type Checked } from './credential-material.js';
import { shownPointer } from './json-pointer.js';
import { KubeconfigError, type KubeconfigProblem, type KubeconfigProblemType } from './kubeconfig-error.js';
import { allowedFields, refusedFields, type Kubeconfig } from './kubeconfig-schema.js';
import { readDocument } from './read-document.js';

/** How to reach one cluster, and as whom. Everything sits in the values; nothing refers to a file or a command. */
export interface ParsedKubeconfig {
  /** Name of the context that was taken. */
  readonly context: string;
  /** https URL without a trailing slash; may have a base path. */
  readonly server: string;
  /** PEM bundle that the server must be verified against; absent: the public roots. */
  readonly ca?: string;
  /** Name to verify the server's certificate for, where it differs from the host. */
  readonly serverName?: string;
  readonly credential: KubeconfigCredential;
}

export interface ParseOptions {
  readonly context?: string;
  /** Judges an address in the server's URL at once; a name is judged whenever it is connected to. Left out: neither is judged here. */
  readonly addresses?: AddressPolicy;
}

export type KubeconfigCredential =
  | { readonly kind: 'token'; readonly token: string }
  /** PEM chain, leaf first, and its key as PKCS#8 PEM. */
  | { readonly kind: 'client-certificate'; readonly certificate: string; readonly key: string };

/**
 * Reads a kubeconfig that someone else wrote, as data: no file is opened, no command is run, no host is called.
 * Takes the context of that name, or the file's current one. A field that is not on the allow-list is refused
 * wherever it stands; missing or broken values matter only in the cluster and user of the context taken.
 * Throws one `KubeconfigError` with all problems; none of them repeats a value of the file.
 */
export function parseKubeconfig(file: string | Uint8Array, options: ParseOptions = {}): ParsedKubeconfig {
  const data = readDocument(file);
  const refused = refusedFields(data);
  const config = allowedFields(data);
  if (config === undefined) throw new KubeconfigError(refused);

  const problems: KubeconfigProblem[] = [...refused, ...repeatedNames(config)];
  const chosen = choose(config, options.context, problems);
  const server = chosen && readServer(chosen, options.addresses, problems);
  const credential = chosen && readCredential(chosen, problems);
  if (problems.length > 0 || !server || !credential) throw new KubeconfigError(problems);
  return { context: chosen.name, ...server, credential };
}

interface Chosen {
  readonly name: string;
  readonly cluster: NonNullable<Kubeconfig['clusters'][number]['cluster']>;
  readonly clusterAt: Path;
  readonly user: NonNullable<Kubeconfig['users'][number]['user']>;
  readonly userAt: Path;
}

type Path = readonly PropertyKey[];

function choose(config: Kubeconfig, wished: string | undefined, problems: KubeconfigProblem[]): Chosen | undefined {
  const name = wished ?? (config['current-context'] || undefined);
  if (name === undefined) {
    add(
      problems,
      'kubeconfig-unknown-context',
      ['current-context'],
      'The file has no current context; set "current-context", or name the context to take.',
    );
    return undefined;
  }
  const contextIndex = config.contexts.findIndex((entry) => entry.name === name);
  const context = config.contexts[contextIndex]?.context;
  if (!context) {
    const at = wished === undefined ? ['current-context'] : ['contexts'];
    add(
      problems,
      'kubeconfig-unknown-context',
      at,
      'There is no context of this name in the file; kubectl config get-contexts lists them.',
    );
    return undefined;
  }

  const clusterIndex = config.clusters.findIndex((entry) => entry.name === context.cluster);
  const userIndex = config.users.findIndex((entry) => entry.name === context.user);
  const contextAt = ['contexts', contextIndex, 'context'];
  if (clusterIndex < 0)
    add(
      problems,
      'kubeconfig-unknown-context',
      [...contextAt, 'cluster'],
      'The context names no cluster of the file; add it under "clusters".',
    );
  if (userIndex < 0)
    add(problems, 'kubeconfig-no-credentials', [...contextAt, 'user'], 'The context names no user of the file; add it under "users".');
  if (clusterIndex < 0 || userIndex < 0) return undefined;
  return {
    name,
    cluster: config.clusters[clusterIndex]?.cluster ?? {},
    clusterAt: ['clusters', clusterIndex, 'cluster'],
    user: config.users[userIndex]?.user ?? {},
    userAt: ['users', userIndex, 'user'],
  };
}

function readServer(
  { cluster, clusterAt }: Chosen,
  addresses: AddressPolicy | undefined,
  problems: KubeconfigProblem[],
): Pick<ParsedKubeconfig, 'server' | 'ca' | 'serverName'> | undefined {
  const server = accept(checkServer(cluster.server ?? '', addresses), [...clusterAt, 'server'], problems);
  const authority = cluster['certificate-authority-data'] || undefined;
  const ca = authority && accept(checkCertificates(authority), [...clusterAt, 'certificate-authority-data'], problems)?.pem;
  const serverName = cluster['tls-server-name'] || undefined;
  if (serverName !== undefined && !isServerName(serverName)) {
    add(problems, 'kubeconfig-bad-server-name', [...clusterAt, 'tls-server-name'], 'This is neither a DNS name nor an address.');
  }
  return server === undefined ? undefined : { server, ...(ca && { ca }), ...(serverName && { serverName }) };
}

function readCredential({ user, userAt }: Chosen, problems: KubeconfigProblem[]): KubeconfigCredential | undefined {
  const token = user.token || undefined;
  const certificateData = user['client-certificate-data'] || undefined;
  const keyData = user['client-key-data'] || undefined;

  const certificate = certificateData && accept(checkCertificates(certificateData), [...userAt, 'client-certificate-data'], problems);
  const key =
    keyData && accept(checkPrivateKey(keyData, certificate ? certificate.first : undefined), [...userAt, 'client-key-data'], problems);
  const bearer = token && accept(checkToken(token), [...userAt, 'token'], problems);

  if (token && (certificateData || keyData)) {
    add(problems, 'kubeconfig-two-credentials', userAt, 'The user has a token and a client certificate; keep one of them.');
  } else if (certificateData && !keyData) {
    add(problems, 'kubeconfig-no-credentials', [...userAt, 'client-key-data'], 'The client certificate has no key; add "client-key-data".');
  } else if (keyData && !certificateData) {
    add(
      problems,
      'kubeconfig-no-credentials',
      [...userAt, 'client-certificate-data'],
      'The client key has no certificate; add "client-certificate-data".',
    );
  } else if (!token && !certificateData && !problems.some(({ pointer }) => pointer.startsWith(`${shownPointer(userAt)}/`))) {
    add(
      problems,
      'kubeconfig-no-credentials',
      userAt,
      'The user has no credentials; give "token", or "client-certificate-data" with "client-key-data".',
    );
  }

  if (bearer) return { kind: 'token', token: bearer };
  return certificate && key ? { kind: 'client-certificate', certificate: certificate.pem, key } : undefined;
}

function checkServer(text: string, addresses: AddressPolicy | undefined): Checked<string> {
  const refuse = (detail: string): Checked<string> => ({ ok: false, type: 'kubeconfig-bad-server', detail });
  if (text === '') return refuse('The cluster has no server; give its https address.');
  try {
    const url = parseStrictUrl(text);
    if (url.protocol !== 'https:') return refuse('Clusters are called by https only; give the https address.');
    if (url.search !== '' || text.includes('?')) return refuse('The server address has a query; leave out ? and what follows.');
    if (addresses) parseTargetUrl(text, addresses);
    return { ok: true, value: url.href.replace(/\/+$/, '') };
  } catch (error) {
    if (error instanceof EgressError && error.code === 'address-denied') {
      return refuse(`Its address lies in the range "${error.reason}", which is not called from here; use a public address, have the operator allow the range, or upload snapshots.`);
    }
    if (error instanceof EgressError) return refuse(error.message);
    throw error;
  }
}

function checkToken(token: string): Checked<string> {
  // A token becomes one HTTP header line.
  return /^[\x21-\x7e]{1,16384}$/.test(token)
    ? { ok: true, value: token }
    : {
        ok: false,
        type: 'kubeconfig-bad-token',
        detail: 'A token is one word of printable ASCII, at most 16 KiB; check for line ends and spaces.',
      };
}

function isServerName(name: string): boolean {
  return isIP(name) !== 0
    ? !name.includes('%')
    : name.length <= 253 && name.split('.').every((label) => /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label));
}

/** Which of two entries of one name counts differs between clients, so neither does. */
function repeatedNames(config: Kubeconfig): readonly KubeconfigProblem[] {
  return (['clusters', 'users', 'contexts'] as const).flatMap((list) => {
    const seen = new Set<string>();
    return config[list].flatMap(({ name }, index): readonly KubeconfigProblem[] => {
      if (!seen.has(name)) {
        seen.add(name);
        return [];
      }
      return [
        {
          type: 'kubeconfig-duplicate-name',
          pointer: shownPointer([list, index, 'name']),
          detail: 'The name is given twice in this list; keep one.',
        },
      ];
    });
  });
}

function accept<T>(checked: Checked<T>, at: Path, problems: KubeconfigProblem[]): T | undefined {
  if (checked.ok) return checked.value;
  add(problems, checked.type, at, checked.detail);
  return undefined;
}

function add(problems: KubeconfigProblem[], type: KubeconfigProblemType, at: Path, detail: string): void {
  problems.push({ type, pointer: shownPointer(at), detail });
}
